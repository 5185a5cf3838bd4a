/*
 * platform/watcher_memcheck.c: see watcher.h. Client requests of Valgrind: outside of it each costs
 * a few instructions that do nothing.
 *
 * All blocks are pieces of one pool: memcheck then describes them before the span of the C library
 * that they lie in, and looks for leaks among them in its place.
 */
#include "platform/watcher.h"

#include <valgrind/memcheck.h>

#define BESIDE 16u /* so near to a block an address is described by it */

static const char pool;

static void begin(const void *span, size_t span_bytes, const void *block, size_t size,
                  size_t defined)
{
    const char *start = span;
    const char *first = block;

    (void)VALGRIND_MAKE_MEM_NOACCESS(start, span_bytes);
    VALGRIND_MEMPOOL_ALLOC(&pool, first, size);
    (void)VALGRIND_MAKE_MEM_DEFINED(first, defined);
}

static void end(const void *span, size_t span_bytes, const void *block)
{
    (void)span_bytes;
    VALGRIND_MEMPOOL_FREE(&pool, block);
    (void)VALGRIND_MAKE_MEM_DEFINED(span, (size_t)((const char *)block - (const char *)span));
}

static void open_words(const void *start, size_t size)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(start, size);
}

static void close_words(const void *start, size_t size)
{
    (void)VALGRIND_MAKE_MEM_NOACCESS(start, size);
}

static void pause_watching(void)
{
    VALGRIND_DISABLE_ERROR_REPORTING;
}

static void resume_watching(const void *copy, size_t size)
{
    VALGRIND_ENABLE_ERROR_REPORTING;
    (void)VALGRIND_MAKE_MEM_DEFINED(copy, size);
}

/* Its own report names the stacks of the block. */
static const void *find_span(const void *address, size_t *size)
{
    (void)address;
    (void)size;
    return NULL;
}

static void on_report(void (*fn)(const void *address))
{
    (void)fn;
}

/* Only memcheck answers its requests; other tools of Valgrind do not look at memory so. */
const struct tmi_watcher *tmi_watcher_memcheck(void)
{
    static const struct tmi_watcher memcheck = {
        begin, end, open_words, close_words, pause_watching, resume_watching, find_span, on_report,
    };
    static bool created; /* guarded by the start of the library */
    char probe = 0;

    if (VALGRIND_MAKE_MEM_DEFINED(&probe, sizeof probe) == 0)
        return NULL;
    if (!created)
        VALGRIND_CREATE_MEMPOOL(&pool, BESIDE, 0);
    created = true;
    return &memcheck;
}
