/*
 * freertos_heap.h: trackmem over a heap with the signatures of FreeRTOS, and what FreeRTOS's own
 * users call over trackmem.
 *
 * FreeRTOS's heap_4 suspends the scheduler, and so may not be called by an interrupt: over it, no
 * interrupt may allocate. Its blocks cannot be walked: reports know domains and tasks, no sites.
 */
#ifndef EXAMPLES_FIRMWARE_FREERTOS_HEAP_H
#define EXAMPLES_FIRMWARE_FREERTOS_HEAP_H

#include <trackmem/backend.h>

/* FreeRTOS has these (portable.h); freertos_stand_in.c here. */
void *pvPortMalloc(size_t size);
void vPortFree(void *span);

/* The backend to set at start: trackmem_set_backend(freertos_heap()). */
const struct trackmem_backend *freertos_heap(void);

#endif
