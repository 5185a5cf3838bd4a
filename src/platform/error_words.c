/*
 * platform/error_words.c: why a file cannot be made or written, in words. strerror may allocate,
 * takes locks, and speaks the locale's language; a report may be made in a handler of a fault.
 */
#include <errno.h>
#include <stddef.h>

#include "platform/platform.h"

const char *tmi_platform_error_words(int error)
{
    static const struct {
        int error;
        const char *words;
    } known[] = {
        { ENOSPC, "no space is left" },
        { EFBIG, "it would be larger than is allowed" },
#ifdef EDQUOT
        { EDQUOT, "the quota is used up" },
#endif
        { EIO, "the device failed" },
        { EBADF, "it was closed" },
        { EPIPE, "nobody reads it" },
        { ENOENT, "no such file or folder" },
        { ENOTDIR, "a part of its path is no folder" },
        { EISDIR, "it is a folder" },
        { EACCES, "it is not allowed" },
        { EPERM, "it is not allowed" },
        { EROFS, "the file system can only be read" },
        { ENAMETOOLONG, "its name is too long" },
        { EMFILE, "the process has too many open files" },
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i)
        if (known[i].error == error)
            return known[i].words;
    return NULL;
}
