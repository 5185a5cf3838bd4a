/*
 * freertos_heap.c: see freertos_heap.h.
 */
#include "freertos_heap.h"

/* What FreeRTOS gives is aligned to portBYTE_ALIGNMENT: 8 on Cortex-M, and no more is asked for. */
static void *allocate(void *context, size_t size, size_t alignment)
{
    (void)context;
    (void)alignment;
    return pvPortMalloc(size);
}

static void release(void *context, void *span, size_t size, size_t alignment)
{
    (void)context;
    (void)size;
    (void)alignment;
    vPortFree(span);
}

const struct trackmem_backend *freertos_heap(void)
{
    static const struct trackmem_backend backend = {
        .name = "FreeRTOS",
        .allocate = allocate,
        .free = release,
    };

    return &backend;
}
