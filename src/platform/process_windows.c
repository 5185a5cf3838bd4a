/*
 * platform/process_windows.c: files and the end of a process on Windows; the contract is process.h.
 */
#define WIN32_LEAN_AND_MEAN
#include "platform/process.h"

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <stdint.h>
#include <stdio.h>

size_t tmi_process_read_file(const char *path, char *bytes, size_t capacity)
{
    int fd = _open(path, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
    size_t length = 0;
    int got = fd < 0 ? -1 : 1;

    while (got > 0 && length < capacity) {
        got = _read(fd, bytes + length, (unsigned)(capacity - length));
        length += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        (void)_close(fd);
    return got < 0 ? capacity + 1 : length;
}

/* Only of the program itself is it known that it does not go alone. */
void tmi_process_end_with(int code)
{
    HMODULE here = NULL;

    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            (LPCWSTR)(void *)(uintptr_t)tmi_process_end_with, &here) ||
        here != GetModuleHandleW(NULL))
        return;
    (void)fflush(NULL);
    _exit(code);
}
