/*
 * platform/process_none.c: no files, and programs that do not end; process.h.
 */
#include "platform/process.h"

size_t tmi_process_read_file(const char *path, char *bytes, size_t capacity)
{
    (void)path;
    (void)bytes;
    return capacity + 1;
}

void tmi_process_end_with(int code)
{
    (void)code;
}
