/*
 * alloc/status.c: the words for a status, in every profile.
 */
#include "trackmem/trackmem.h"

const char *trackmem_status_text(enum trackmem_status status)
{
    static const char *const texts[] = {
        [TRACKMEM_OK] = "no error",
        [TRACKMEM_OUT_OF_MEMORY] = "out of memory",
        [TRACKMEM_INVALID] = "invalid argument",
        [TRACKMEM_NOT_FOUND] = "not found",
        [TRACKMEM_NOT_OURS] = "not a live block of trackmem",
        [TRACKMEM_BUSY] = "not in this state",
        [TRACKMEM_IO_ERROR] = "could not be written",
        [TRACKMEM_UNSUPPORTED] = "not on this system",
    };

    return (size_t)status < sizeof texts / sizeof texts[0] ? texts[status] : "unknown status";
}
