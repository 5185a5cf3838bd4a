/*
 * trackmem/text.h: strings in blocks of trackmem. Needs a hosted C library.
 *
 * What trackmem.h says of every allocating verb holds here; the strings are freed with
 * trackmem_free.
 */
#ifndef TRACKMEM_TEXT_H
#define TRACKMEM_TEXT_H

#include <stdarg.h>

#include "trackmem/trackmem.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A copy of text, which must not be NULL.
 */
TRACKMEM_API char *trackmem_strdup(const char *text) TRACKMEM_USE_RESULT_ TRACKMEM_FREED_PLAIN_;
TRACKMEM_API char *trackmem_strdup_at(struct trackmem_site *site, const char *text)
    TRACKMEM_USE_RESULT_ TRACKMEM_FREED_PLAIN_;
TRACKMEM_API char *trackmem_strdup_in(struct trackmem_domain *domain, const char *text)
    TRACKMEM_USE_RESULT_ TRACKMEM_FREED_PLAIN_;
TRACKMEM_API char *trackmem_strdup_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         const char *text)
    TRACKMEM_USE_RESULT_ TRACKMEM_FREED_PLAIN_;

/*
 * A copy of at most length bytes of text, which need not end in NUL within them; the copy does.
 */
TRACKMEM_API char *trackmem_strndup(const char *text, size_t length)
    TRACKMEM_USE_RESULT_ TRACKMEM_FREED_PLAIN_;
TRACKMEM_API char *trackmem_strndup_at(struct trackmem_site *site, const char *text, size_t length)
    TRACKMEM_USE_RESULT_ TRACKMEM_FREED_PLAIN_;
TRACKMEM_API char *trackmem_strndup_in(struct trackmem_domain *domain, const char *text,
                                       size_t length) TRACKMEM_USE_RESULT_ TRACKMEM_FREED_PLAIN_;
TRACKMEM_API char *trackmem_strndup_in_at(struct trackmem_site *site,
                                          struct trackmem_domain *domain, const char *text,
                                          size_t length) TRACKMEM_USE_RESULT_ TRACKMEM_FREED_PLAIN_;

/*
 * Prints into a new string.
 *   out  receives the string, the caller's to free; NULL on failure
 * Returns its length without the NUL; -1 on failure (out of memory, or the format's).
 */
TRACKMEM_API int trackmem_asprintf(char **out, const char *format, ...) TRACKMEM_PRINTF_(2, 3);
TRACKMEM_API int trackmem_asprintf_at(struct trackmem_site *site, char **out, const char *format,
                                      ...) TRACKMEM_PRINTF_(3, 4);
TRACKMEM_API int trackmem_asprintf_in(struct trackmem_domain *domain, char **out,
                                      const char *format, ...) TRACKMEM_PRINTF_(3, 4);
TRACKMEM_API int trackmem_asprintf_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         char **out, const char *format, ...)
    TRACKMEM_PRINTF_(4, 5);

/*
 * The same with a va_list, which is left as vsnprintf leaves it.
 */
TRACKMEM_API int trackmem_vasprintf(char **out, const char *format, va_list arguments)
    TRACKMEM_PRINTF_(2, 0);
TRACKMEM_API int trackmem_vasprintf_at(struct trackmem_site *site, char **out, const char *format,
                                       va_list arguments) TRACKMEM_PRINTF_(3, 0);
TRACKMEM_API int trackmem_vasprintf_in(struct trackmem_domain *domain, char **out,
                                       const char *format, va_list arguments)
    TRACKMEM_PRINTF_(3, 0);
TRACKMEM_API int trackmem_vasprintf_in_at(struct trackmem_site *site,
                                          struct trackmem_domain *domain, char **out,
                                          const char *format, va_list arguments)
    TRACKMEM_PRINTF_(4, 0);

#ifdef __cplusplus
}
#endif

#ifdef TRACKMEM_DISABLE
#include "trackmem/disabled/text.h"
#else
#define trackmem_strdup(text)            trackmem_strdup_at(TRACKMEM_SITE, text)
#define trackmem_strdup_in(domain, text) trackmem_strdup_in_at(TRACKMEM_SITE, domain, text)
#define trackmem_strndup(text, length)   trackmem_strndup_at(TRACKMEM_SITE, text, length)
#define trackmem_strndup_in(domain, text, length) \
    trackmem_strndup_in_at(TRACKMEM_SITE, domain, text, length)
#define trackmem_asprintf(...)    trackmem_asprintf_at(TRACKMEM_SITE, __VA_ARGS__)
#define trackmem_asprintf_in(...) trackmem_asprintf_in_at(TRACKMEM_SITE, __VA_ARGS__)
#define trackmem_vasprintf(out, format, arguments) \
    trackmem_vasprintf_at(TRACKMEM_SITE, out, format, arguments)
#define trackmem_vasprintf_in(domain, out, format, arguments) \
    trackmem_vasprintf_in_at(TRACKMEM_SITE, domain, out, format, arguments)
#endif

#endif
