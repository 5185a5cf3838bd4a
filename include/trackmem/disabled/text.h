/*
 * trackmem/disabled/text.h: the strings of text.h where TRACKMEM_DISABLE is defined. Private to it.
 */
#ifndef TRACKMEM_DISABLED_TEXT_H
#define TRACKMEM_DISABLED_TEXT_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

TRACKMEM_API char *trackmem_strndup(const char *text, size_t length)
{
    const void *end = memchr(text, '\0', length);
    size_t kept = end != NULL ? TRACKMEM_OFF_AS_(size_t, TRACKMEM_OFF_AS_(const char *, end) - text)
                              : length;
    char *copy = TRACKMEM_OFF_AS_(char *, trackmem_malloc(kept + 1));

    if (copy != NULL) {
        memcpy(copy, text, kept);
        copy[kept] = '\0';
    }
    return copy;
}

TRACKMEM_API char *trackmem_strdup(const char *text)
{
    return trackmem_libc_strdup(text);
}

TRACKMEM_API int trackmem_vasprintf(char **out, const char *format, va_list arguments)
{
    va_list again;
    int length;

    *out = NULL;
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return -1;
    *out = TRACKMEM_OFF_AS_(char *, trackmem_malloc(TRACKMEM_OFF_AS_(size_t, length) + 1));
    if (*out == NULL)
        return -1;
    return vsnprintf(*out, TRACKMEM_OFF_AS_(size_t, length) + 1, format, arguments);
}

/* The forms that name a site, a domain, or both. */

TRACKMEM_API char *trackmem_strdup_at(struct trackmem_site *site, const char *text)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_strdup(text);
}

TRACKMEM_API char *trackmem_strdup_in(struct trackmem_domain *domain, const char *text)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_strdup(text);
}

TRACKMEM_API char *trackmem_strdup_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         const char *text)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_strdup(text);
}

TRACKMEM_API char *trackmem_strndup_at(struct trackmem_site *site, const char *text, size_t length)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_strndup(text, length);
}

TRACKMEM_API char *trackmem_strndup_in(struct trackmem_domain *domain, const char *text,
                                       size_t length)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_strndup(text, length);
}

TRACKMEM_API char *trackmem_strndup_in_at(struct trackmem_site *site,
                                          struct trackmem_domain *domain, const char *text,
                                          size_t length)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_strndup(text, length);
}

TRACKMEM_API int trackmem_vasprintf_at(struct trackmem_site *site, char **out, const char *format,
                                       va_list arguments)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_vasprintf(out, format, arguments);
}

TRACKMEM_API int trackmem_vasprintf_in(struct trackmem_domain *domain, char **out,
                                       const char *format, va_list arguments)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_vasprintf(out, format, arguments);
}

TRACKMEM_API int trackmem_vasprintf_in_at(struct trackmem_site *site,
                                          struct trackmem_domain *domain, char **out,
                                          const char *format, va_list arguments)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_vasprintf(out, format, arguments);
}

TRACKMEM_API int trackmem_asprintf(char **out, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = trackmem_vasprintf(out, format, arguments);
    va_end(arguments);
    return length;
}

TRACKMEM_API int trackmem_asprintf_at(struct trackmem_site *site, char **out, const char *format,
                                      ...)
{
    va_list arguments;
    int length;

    TRACKMEM_OFF_IGNORE_(site);
    va_start(arguments, format);
    length = trackmem_vasprintf(out, format, arguments);
    va_end(arguments);
    return length;
}

TRACKMEM_API int trackmem_asprintf_in(struct trackmem_domain *domain, char **out,
                                      const char *format, ...)
{
    va_list arguments;
    int length;

    TRACKMEM_OFF_IGNORE_(domain);
    va_start(arguments, format);
    length = trackmem_vasprintf(out, format, arguments);
    va_end(arguments);
    return length;
}

TRACKMEM_API int trackmem_asprintf_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         char **out, const char *format, ...)
{
    va_list arguments;
    int length;

    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    va_start(arguments, format);
    length = trackmem_vasprintf(out, format, arguments);
    va_end(arguments);
    return length;
}

#ifdef __cplusplus
}
#endif

#endif
