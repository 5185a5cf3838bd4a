/*
 * libraries.h: where cJSON and libxml2 allocate; the other libraries' memory is in memory.h.
 */
#ifndef BENCH_LIBRARIES_H
#define BENCH_LIBRARIES_H

#include <stdbool.h>

/* Before any thread is started; after the last has ended. */
bool libraries_start(void);
void libraries_finish(void);

#endif
