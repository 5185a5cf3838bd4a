/*
 * Where the frames leave: here the debugger's semihosting, by standard output. On a board a UART or
 * RTT: all that it takes is a function that takes bytes.
 */
#ifndef EXAMPLES_FIRMWARE_SINK_H
#define EXAMPLES_FIRMWARE_SINK_H

#include <stdbool.h>
#include <stddef.h>

bool sink_write(const void *bytes, size_t size, void *user);

#endif
