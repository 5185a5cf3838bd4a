/*
 * fuzz/options.c: the parser of options. Any text is parsed as TRACKMEM's is; it must be refused
 * with at least one complaint, and accepted with none. Complaints are lines of a known beginning.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/options.h"
#include "fuzz.h"

#define MOST_BYTES 2000u

static int complaints; /* a file in memory, which stands in for standard error */
static int standard_error;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    complaints = memfd_create("complaints", 0);
    standard_error = dup(2);
    if (complaints < 0 || standard_error < 0)
        abort();
    return 0;
}

static void fail(const char *why, const char *text, const char *said)
{
    dprintf(standard_error, "options: %s\n%s\nsaid:\n%s\n", why, text, said);
    dup2(standard_error, 2);
    abort();
}

static void check_lines(const char *text, const char *said)
{
    static const char beginning[] = "trackmem: fuzz: ";

    for (const char *line = said; *line != '\0'; line = strchr(line, '\n') + 1)
        if (strncmp(line, beginning, sizeof beginning - 1) != 0 || strchr(line, '\n') == NULL)
            fail("a complaint is not a line of its own", text, said);
}

/* Numbers keep to their bounds whatever was said. */
static void check_values(const char *text)
{
    if (tmi_options.redzone > 4096 || tmi_options.fill_fresh < 1 || tmi_options.fill_fresh > 255 ||
        tmi_options.stacks > 64 || tmi_options.sites < 1 || tmi_options.fill > 2 ||
        memchr(tmi_options.out, '\0', sizeof tmi_options.out) == NULL)
        fail("a value is out of bounds", text, "");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct tmi_options *initial;
    static struct tmi_options copy;
    char text[MOST_BYTES + 1];
    char said[64 * 1024];
    enum trackmem_status status;
    ssize_t length;

    if (initial == NULL) {
        copy = tmi_options;
        initial = &copy;
    }
    if (size > MOST_BYTES)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (strchr(text, '\n') != NULL) /* which complaints would repeat */
        return 0;
    tmi_options = *initial;
    if (ftruncate(complaints, 0) != 0 || lseek(complaints, 0, SEEK_SET) != 0 ||
        dup2(complaints, 2) < 0)
        abort();
    status = tmi_options_parse(text, "fuzz");
    dup2(standard_error, 2);
    length = pread(complaints, said, sizeof said - 1, 0);
    said[length > 0 ? length : 0] = '\0';
    if (length < (ssize_t)sizeof said - 1)
        check_lines(text, said);
    if ((status == TRACKMEM_OK) != (length == 0))
        fail(status == TRACKMEM_OK ? "accepted, and yet it complains" : "refused without a word",
             text, said);
    check_values(text);
    return 0;
}
