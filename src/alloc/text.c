/*
 * alloc/text.c: strings in blocks of trackmem. Hosted only: it prints with vsnprintf.
 */
#include "trackmem/text.h"

#include <stdio.h>
#include <string.h>

#include "account/site.h"
#include "alloc/verb.h"

#define HERE tmi_site_handle_of_address(TMI_RETURN_ADDRESS())

static char *copy(const char *verb_name, struct trackmem_site *site, struct tmi_target target,
                  const char *text, size_t length)
{
    struct tmi_verb verb = { verb_name, TRACKMEM_FAMILY_PLAIN, site, target, TMI_FRAME() };
    char *block = tmi_allocate(&verb, 0, length + 1, false);

    if (block != NULL) {
        memcpy(block, text, length);
        block[length] = '\0';
    }
    return block;
}

char *trackmem_strdup_at(struct trackmem_site *site, const char *text)
{
    return copy("trackmem_strdup", site, (struct tmi_target){ false, NULL }, text, strlen(text));
}

char *trackmem_strdup_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                            const char *text)
{
    return copy("trackmem_strdup", site, (struct tmi_target){ true, domain }, text, strlen(text));
}

/* strnlen is not of C11. */
static size_t length_within(const char *text, size_t limit)
{
    const char *end = memchr(text, '\0', limit);

    return end != NULL ? (size_t)(end - text) : limit;
}

char *trackmem_strndup_at(struct trackmem_site *site, const char *text, size_t length)
{
    return copy("trackmem_strndup", site, (struct tmi_target){ false, NULL }, text,
                length_within(text, length));
}

char *trackmem_strndup_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                             const char *text, size_t length)
{
    return copy("trackmem_strndup", site, (struct tmi_target){ true, domain }, text,
                length_within(text, length));
}

TRACKMEM_PRINTF_(4, 0)
static int print(struct trackmem_site *site, struct tmi_target target, char **out,
                 const char *format, va_list arguments)
{
    struct tmi_verb verb = { "trackmem_asprintf", TRACKMEM_FAMILY_PLAIN, site, target,
                             TMI_FRAME() };
    va_list again;
    int length;

    *out = NULL;
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return -1;
    *out = tmi_allocate(&verb, 0, (size_t)length + 1, false);
    if (*out == NULL)
        return -1;
    return vsnprintf(*out, (size_t)length + 1, format, arguments);
}

int trackmem_vasprintf_at(struct trackmem_site *site, char **out, const char *format,
                          va_list arguments)
{
    return print(site, (struct tmi_target){ false, NULL }, out, format, arguments);
}

int trackmem_vasprintf_in_at(struct trackmem_site *site, struct trackmem_domain *domain, char **out,
                             const char *format, va_list arguments)
{
    return print(site, (struct tmi_target){ true, domain }, out, format, arguments);
}

#define PRINT(call)              \
    va_list arguments;           \
    int length;                  \
                                 \
    va_start(arguments, format); \
    length = (call);             \
    va_end(arguments);           \
    return length

int trackmem_asprintf_at(struct trackmem_site *site, char **out, const char *format, ...)
{
    PRINT(trackmem_vasprintf_at(site, out, format, arguments));
}

int trackmem_asprintf_in_at(struct trackmem_site *site, struct trackmem_domain *domain, char **out,
                            const char *format, ...)
{
    PRINT(trackmem_vasprintf_in_at(site, domain, out, format, arguments));
}

/* The functions for pointers. */

char *(trackmem_strdup)(const char *text)
{
    return trackmem_strdup_at(HERE, text);
}

char *(trackmem_strdup_in)(struct trackmem_domain *domain, const char *text)
{
    return trackmem_strdup_in_at(HERE, domain, text);
}

char *(trackmem_strndup)(const char *text, size_t length)
{
    return trackmem_strndup_at(HERE, text, length);
}

char *(trackmem_strndup_in)(struct trackmem_domain *domain, const char *text, size_t length)
{
    return trackmem_strndup_in_at(HERE, domain, text, length);
}

int(trackmem_vasprintf)(char **out, const char *format, va_list arguments)
{
    return trackmem_vasprintf_at(HERE, out, format, arguments);
}

int(trackmem_vasprintf_in)(struct trackmem_domain *domain, char **out, const char *format,
                           va_list arguments)
{
    return trackmem_vasprintf_in_at(HERE, domain, out, format, arguments);
}

int(trackmem_asprintf)(char **out, const char *format, ...)
{
    PRINT(trackmem_vasprintf_at(HERE, out, format, arguments));
}

int(trackmem_asprintf_in)(struct trackmem_domain *domain, char **out, const char *format, ...)
{
    PRINT(trackmem_vasprintf_in_at(HERE, domain, out, format, arguments));
}
