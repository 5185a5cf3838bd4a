/*
 * What a program of tests/misuse lacks in the small profile: before main it gets memory to allocate
 * from, and what is found leaves by standard output, as frames.
 */
#include <trackmem/small.h>

#include "../../examples/firmware/sink.h"

static _Alignas(64) unsigned char pool[16384];
static struct trackmem_region region;

__attribute__((__constructor__)) static void start(void)
{
    (void)trackmem_region_init(&region, pool, sizeof pool);
    (void)trackmem_set_backend(trackmem_region_backend(&region));
    trackmem_set_sink(sink_write, NULL);
}
