/*
 * alloc/leak_baseline.c: see leak_baseline.h. A line of the file, with tabs between:
 *
 *     BLOCKS  FILE  FUNCTION  DOMAIN
 *
 * BLOCKS may be '*', any number; the others are patterns. No line numbers: they change too often.
 */
#include "alloc/leak_baseline.h"

#include <string.h>

#include "account/own.h"
#include "alloc/leak_file.h"
#include "alloc/options.h"
#include "base/pattern.h"
#include "base/sort.h"
#include "base/text.h"
#include "platform/platform.h"
#include "report/report.h"

struct known {
    uint64_t blocks; /* UINT64_MAX: any number */
    const char *file;
    const char *function;
    const char *domain;
};

static struct tmi_leak_file baseline;

static bool parse(char *line, uint32_t number, void *entry)
{
    struct known *known = entry;
    char *parts[4];

    (void)number;
    for (size_t i = 0; i < 4; ++i) {
        parts[i] = line;
        line += strcspn(line, "\t");
        if ((*line == '\0') != (i == 3))
            return false;
        *line++ = '\0';
    }
    *known = (struct known){ UINT64_MAX, parts[1], parts[2], parts[3] };
    return strcmp(parts[0], "*") == 0 ||
           tmi_options_number(parts[0], strlen(parts[0]), &known->blocks);
}

void tmi_leak_baseline_configure(void)
{
    static const struct tmi_leak_file_kind kind = {
        sizeof(struct known),
        parse,
        "write blocks, file, function and domain, with a tab between",
        "cannot be read (option baseline): every leak counts as new",
    };

    tmi_leak_file_configure(&baseline, tmi_options.baseline, &kind);
}

const char *tmi_leak_baseline_path(void)
{
    return baseline.path;
}

size_t tmi_leak_baseline_lines(void)
{
    return baseline.count;
}

static const char *text_or_nothing(const char *text)
{
    return text != NULL ? text : "";
}

static const char *path_of(const struct trackmem_domain *domain, char *buffer, size_t size)
{
    struct tmi_text text;

    tmi_text_init(&text, buffer, size);
    tmi_report_add_domain(&text, domain);
    return buffer;
}

/* The line that a leak falls under; their count: none. */
static size_t line_of(const struct tmi_leak *leak)
{
    const struct known *known = baseline.entries;
    const char *function = text_or_nothing(leak->place.function);
    char buffer[512];
    const char *domain = path_of(leak->domain, buffer, sizeof buffer);
    size_t i = 0;

    while (i < baseline.count &&
           !(tmi_pattern_matches(known[i].function, function, strlen(function)) &&
             tmi_pattern_matches(known[i].domain, domain, strlen(domain)) &&
             tmi_pattern_matches_path(known[i].file, text_or_nothing(leak->place.file))))
        ++i;
    return i;
}

/* What a place leaks is known as a whole, or not at all: which of them is new nobody can tell. */
void tmi_leak_baseline_apply(struct tmi_leaks *leaks, uint64_t *sums,
                             void (*leave_out)(struct tmi_leaks *leaks, struct tmi_leak *leak,
                                               void *user),
                             void *user)
{
    const struct known *known = baseline.entries;

    for (size_t i = 0; i < leaks->count; ++i)
        sums[line_of(&leaks->list[i])] += leaks->list[i].blocks;
    for (size_t i = 0; i < leaks->count; ++i) {
        size_t line = leaks->list[i].blocks != 0 ? line_of(&leaks->list[i]) : baseline.count;

        if (line < baseline.count && sums[line] <= known[line].blocks)
            leave_out(leaks, &leaks->list[i], user);
    }
}

/* How two leaks stand in the file; 0: in one line. */
static int compare(const struct tmi_leak *one, const struct tmi_leak *other)
{
    int order = strcmp(text_or_nothing(one->place.file), text_or_nothing(other->place.file));

    if (order == 0)
        order = strcmp(text_or_nothing(one->place.function),
                       text_or_nothing(other->place.function));
    if (order == 0 && one->domain != other->domain)
        order = one->domain->id < other->domain->id ? -1 : 1;
    return order;
}

static bool stands_before(const void *a, const void *b, const void *user)
{
    const struct tmi_leak *list = user;

    return compare(&list[*(const uint32_t *)a], &list[*(const uint32_t *)b]) < 0;
}

static bool write_out(const char *bytes, size_t size, void *user)
{
    return tmi_platform_write(*(const int *)user, bytes, size);
}

static void write_line(struct tmi_text *text, const struct tmi_leak *leak, uint64_t blocks)
{
    tmi_text_add_unsigned(text, blocks);
    tmi_text_add_char(text, '\t');
    tmi_text_add_visible(text, leak->place.file);
    tmi_text_add_char(text, '\t');
    tmi_text_add_visible(text, leak->place.function);
    tmi_text_add_char(text, '\t');
    tmi_report_add_domain(text, leak->domain);
    tmi_text_add_char(text, '\n');
}

static void write_lines(struct tmi_text *text, const struct tmi_leak *list, const uint32_t *order,
                        size_t count)
{
    uint64_t blocks = 0;

    tmi_text_add(text, "# Leaks that are known to trackmem (option baseline), with tabs between:\n"
                       "# blocks (or *), file, function, domain\n");
    for (size_t i = 0; i < count; ++i) {
        blocks += list[order[i]].blocks;
        if (i + 1 < count && compare(&list[order[i]], &list[order[i + 1]]) == 0)
            continue;
        write_line(text, &list[order[i]], blocks);
        blocks = 0;
    }
}

void tmi_leak_baseline_write(const struct tmi_leaks *leaks)
{
    static const char failed[] = "trackmem: option baseline_write: the file cannot be written\n";
    size_t bytes = (leaks->count + 1) * sizeof(uint32_t);
    uint32_t *order = tmi_own_map(bytes);
    char buffer[1024];
    int fd = order != NULL
                 ? tmi_report_create_file(tmi_options.baseline_write, buffer, sizeof buffer)
                 : -1;
    struct tmi_text text;

    for (uint32_t i = 0; order != NULL && i < leaks->count; ++i)
        order[i] = i;
    if (fd >= 0) {
        tmi_sort(order, leaks->count, sizeof *order, stands_before, leaks->list);
        tmi_text_init_stream(&text, buffer, sizeof buffer, write_out, &fd);
        write_lines(&text, leaks->list, order, leaks->count);
        if (!tmi_text_finish(&text))
            (void)tmi_platform_write(2, failed, sizeof failed - 1);
        tmi_platform_close(fd);
    } else {
        (void)tmi_platform_write(2, failed, sizeof failed - 1);
    }
    tmi_own_unmap(order, bytes);
}
