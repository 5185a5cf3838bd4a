/*
 * platform/process_linux.c: files and the end of a process on Linux; the contract is process.h.
 */
#define _GNU_SOURCE
#include "platform/process.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

size_t tmi_process_read_file(const char *path, char *bytes, size_t capacity)
{
    int saved_errno = errno;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t got = fd < 0 ? -1 : 1;

    while (got > 0 && length < capacity) {
        got = read(fd, bytes + length, capacity - length);
        if (got > 0)
            length += (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    if (fd >= 0)
        (void)close(fd);
    errno = saved_errno;
    return got < 0 ? capacity + 1 : length;
}

/* The linker's, of this module; none where all is static. Not every <link.h> declares it. */
extern const ElfW(Dyn) own_dynamic[] __asm__("_DYNAMIC")
    __attribute__((__weak__, __visibility__("hidden")));

/* A program has a place for debuggers in its table; a module may say that it is never unloaded. */
static bool module_stays(void)
{
    const ElfW(Dyn) *entry = own_dynamic;

    if (entry == NULL) /* static */
        return true;
    for (; entry->d_tag != DT_NULL; ++entry)
        if (entry->d_tag == DT_DEBUG ||
            (entry->d_tag == DT_FLAGS_1 && (entry->d_un.d_val & DF_1_NODELETE) != 0))
            return true;
    return false;
}

/* glibc goes on with what is left to do, once more called; others may start anew. */
void tmi_process_end_with(int code)
{
    if (!module_stays())
        return;
#if defined(__GLIBC__)
    exit(code);
#else
    (void)fflush(NULL);
    _exit(code);
#endif
}
