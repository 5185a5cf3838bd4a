/*
 * cli/complain.c: see complain.h. Threads: one.
 */
#include "cli/complain.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/words.h"

static struct {
    char who[64];
} complainer = { "trackmem" };

void tmt_complain_as(const char *program, const char *command)
{
    char first[sizeof(complainer.who)];

    tmt_join(first, sizeof(first), program, command[0] != '\0' ? " " : "");
    tmt_join(complainer.who, sizeof(complainer.who), first, command);
}

const char *tmt_complainer(void)
{
    return complainer.who;
}

void tmt_complain(const char *format, ...)
{
    char said[8192], visible[8192];
    struct tmi_text text;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(said, sizeof(said), format, arguments);
    va_end(arguments);
    tmi_text_init(&text, visible, sizeof(visible));
    tmi_text_add_visible(&text, said);
    (void)fflush(stdout); /* what was printed before stays before it */
    (void)fprintf(stderr, "%s: %s\n", complainer.who, visible);
}
