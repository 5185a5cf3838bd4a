/*
 * alloc/start.h: the start and the end of the library in a process.
 */
#ifndef TMI_ALLOC_START_H
#define TMI_ALLOC_START_H

#include <stdbool.h>

/*
 * Starts on the first call: options, the header secret, the process's account. Any thread, any
 * number of times. False: there was no memory; the next call tries again.
 */
bool tmi_start(void);

/* Whether spans may be kept for reuse: see option reuse, and trackmem_set_backend. */
bool tmi_start_reuses_spans(void);

/* describe.c: what a tool that watches the heap reports is described, too. */
void tmi_describe_start(void);

/* Whether anything was allocated or charged yet. */
bool tmi_started(void);

#endif
