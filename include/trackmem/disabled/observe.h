/*
 * trackmem/disabled/observe.h: reports where TRACKMEM_DISABLE is defined: they say so, and no
 * misuse is seen. Private to observe.h.
 */
#ifndef TRACKMEM_DISABLED_OBSERVE_H
#define TRACKMEM_DISABLED_OBSERVE_H

#include <string.h>

#if !defined(__GNUC__)
#include <io.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

TRACKMEM_API void trackmem_set_misuse_handler(trackmem_misuse_fn *fn, void *user)
{
    TRACKMEM_OFF_IGNORE_(fn);
    TRACKMEM_OFF_IGNORE_(user);
}

TRACKMEM_API uint64_t trackmem_misuse_count(void)
{
    return 0;
}

TRACKMEM_API bool trackmem_check(const void *ptr)
{
    return ptr != NULL;
}

TRACKMEM_API bool trackmem_check_at(struct trackmem_site *site, const void *ptr)
{
    TRACKMEM_OFF_IGNORE_(site);
    return ptr != NULL;
}

TRACKMEM_API size_t trackmem_check_all(void)
{
    return 0;
}

TRACKMEM_API size_t trackmem_check_all_at(struct trackmem_site *site)
{
    TRACKMEM_OFF_IGNORE_(site);
    return 0;
}

TRACKMEM_API uint64_t trackmem_check_leaks(void)
{
    return 0;
}

TRACKMEM_API uint64_t trackmem_check_leaks_at(struct trackmem_site *site)
{
    TRACKMEM_OFF_IGNORE_(site);
    return 0;
}

TRACKMEM_API bool trackmem_describe(const void *ptr, char *text, size_t size)
{
    TRACKMEM_OFF_IGNORE_(ptr);
    if (size != 0)
        text[0] = '\0';
    return false;
}

TRACKMEM_API void trackmem_visit_domains(trackmem_domain_fn *fn, void *user)
{
    TRACKMEM_OFF_IGNORE_(fn);
    TRACKMEM_OFF_IGNORE_(user);
}

TRACKMEM_API void trackmem_visit_sites(trackmem_site_fn *fn, void *user)
{
    TRACKMEM_OFF_IGNORE_(fn);
    TRACKMEM_OFF_IGNORE_(user);
}

/* The system's write, by a name of ours: <unistd.h> would bring all of its own. */
#if defined(__GNUC__) && defined(_WIN32)
extern int trackmem_off_write_(int fd, const void *bytes, unsigned size) __asm__("_write");
#elif defined(__GNUC__)
extern __INTPTR_TYPE__ trackmem_off_write_(int fd, const void *bytes, size_t size) __asm__("write");
#else
#define trackmem_off_write_ _write
#endif

TRACKMEM_API enum trackmem_status trackmem_report(int fd, enum trackmem_format format)
{
    const char *text = format == TRACKMEM_FORMAT_JSON
                           ? "{\"kind\":\"disabled\"}\n"
                           : "trackmem: disabled in this build (TRACKMEM_DISABLE)\n";

    return trackmem_off_write_(fd, text, TRACKMEM_OFF_AS_(unsigned, strlen(text))) ==
                   TRACKMEM_OFF_AS_(int, strlen(text))
               ? TRACKMEM_OK
               : TRACKMEM_IO_ERROR;
}

/* A window on nothing; not NULL, which is a failure. */
TRACKMEM_API struct trackmem_window *trackmem_begin(void)
{
    static char nothing;
    void *window = &nothing;

    return TRACKMEM_OFF_AS_(struct trackmem_window *, window);
}

TRACKMEM_API uint64_t trackmem_end(struct trackmem_window *window, trackmem_site_fn *fn, void *user)
{
    TRACKMEM_OFF_IGNORE_(window);
    TRACKMEM_OFF_IGNORE_(fn);
    TRACKMEM_OFF_IGNORE_(user);
    return 0;
}

TRACKMEM_API uint64_t trackmem_end_report(struct trackmem_window *window)
{
    TRACKMEM_OFF_IGNORE_(window);
    return 0;
}

TRACKMEM_API uint64_t trackmem_end_report_at(struct trackmem_site *site,
                                             struct trackmem_window *window)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(window);
    return 0;
}

TRACKMEM_API enum trackmem_status trackmem_set_options(const char *options)
{
    return options[0] != '\0' ? TRACKMEM_UNSUPPORTED : TRACKMEM_OK;
}

#ifdef __cplusplus
}
#endif

#endif
