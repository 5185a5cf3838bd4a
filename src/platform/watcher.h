/*
 * platform/watcher.h: tools that watch the memory of this process: AddressSanitizer and Valgrind's
 * memcheck. They are told what of a span is whose, so that they see each byte beside a block and
 * each use after its free; there are never two quarantines.
 *
 * The conditions of platform.h hold.
 */
#ifndef TMI_PLATFORM_WATCHER_H
#define TMI_PLATFORM_WATCHER_H

#include <stdbool.h>
#include <stddef.h>

struct tmi_watcher {
    /*
     * A block of a span is the program's from now on, and so many of its bytes have a meaning; the
     * rest of the span is nobody's.
     */
    void (*begin)(const void *span, size_t span_bytes, const void *block, size_t size,
                  size_t defined);
    /* It is no more: all of the span may be written, and goes back. */
    void (*end)(const void *span, size_t span_bytes, const void *block);
    /* What is nobody's, for us alone to read and write; and back. */
    void (*open)(const void *start, size_t size);
    void (*close)(const void *start, size_t size);
    /* Between the two this thread reads what may be anybody's: `copy` then holds what it read. */
    void (*pause)(void);
    void (*resume)(const void *copy, size_t size);
    /* The start of the heap block that an address belongs to, and its size; NULL: not known. */
    const void *(*find_span)(const void *address, size_t *size);
    /* Calls fn after each report of the tool, with the address that it is about. */
    void (*on_report)(void (*fn)(const void *address));
};

/* NULL: it does not watch this process. */
const struct tmi_watcher *tmi_watcher_asan(void);
const struct tmi_watcher *tmi_watcher_memcheck(void);

#endif
