/*
 * freertos_stand_in.h: what the stand-in tells beside FreeRTOS's own functions.
 */
#ifndef EXAMPLES_FIRMWARE_FREERTOS_STAND_IN_H
#define EXAMPLES_FIRMWARE_FREERTOS_STAND_IN_H

#include "freertos_heap.h"

/* Bytes that are out, headers included. */
size_t freertos_stand_in_used(void);

#endif
