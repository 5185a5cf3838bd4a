/*
 * platform/watcher_asan_linux.c: see watcher.h. AddressSanitizer's interface, if it is in the
 * program: whether this library was built with it or not.
 */
#include "platform/watcher.h"

#define WEAK __attribute__((__weak__))

/* sanitizer/asan_interface.h, which is a compiler's. */
extern void __asan_poison_memory_region(const volatile void *start, size_t size) WEAK;
extern void __asan_unpoison_memory_region(const volatile void *start, size_t size) WEAK;
extern void __asan_set_error_report_callback(void (*fn)(const char *text)) WEAK;
extern void *__asan_get_report_address(void) WEAK;
extern const char *__asan_locate_address(void *address, char *name, size_t name_size, void **region,
                                         size_t *region_size) WEAK;

static struct {
    void (*fn)(const void *address); /* set once, at the start */
} listener;

static void begin(const void *span, size_t span_bytes, const void *block, size_t size,
                  size_t defined)
{
    const char *start = span;
    const char *first = block;

    (void)defined;
    __asan_poison_memory_region(start, (size_t)(first - start));
    __asan_poison_memory_region(first + size, (size_t)(start + span_bytes - (first + size)));
}

static void end(const void *span, size_t span_bytes, const void *block)
{
    (void)block;
    __asan_unpoison_memory_region(span, span_bytes);
}

static void open_words(const void *start, size_t size)
{
    __asan_unpoison_memory_region(start, size);
}

static void close_words(const void *start, size_t size)
{
    __asan_poison_memory_region(start, size);
}

/* judge.c is not instrumented where it reads. */
static void pause_watching(void)
{
}

static void resume_watching(const void *copy, size_t size)
{
    (void)copy;
    (void)size;
}

static const void *find_span(const void *address, size_t *size)
{
    char name[16];
    void *region = NULL;

    if (__asan_locate_address == NULL)
        return NULL;
    *size = 0;
    (void)__asan_locate_address((void *)address, name, sizeof name, &region, size);
    return region;
}

static void reported(const char *text)
{
    (void)text;
    listener.fn(__asan_get_report_address());
}

static void on_report(void (*fn)(const void *address))
{
    listener.fn = fn;
    if (__asan_set_error_report_callback != NULL && __asan_get_report_address != NULL)
        __asan_set_error_report_callback(reported);
}

const struct tmi_watcher *tmi_watcher_asan(void)
{
    static const struct tmi_watcher asan = {
        begin, end, open_words, close_words, pause_watching, resume_watching, find_span, on_report,
    };

    return __asan_poison_memory_region != NULL && __asan_unpoison_memory_region != NULL ? &asan
                                                                                        : NULL;
}
