/*
 * alloc/leak_rules.c: see leak_rules.h. The files are read as the library starts or options are
 * set; after that they are only looked at. A line of the one that suppresses:
 *
 *     function:PATTERN  the function of the call site, or of a frame of the stack
 *     file:PATTERN      the file of the call site, or a module that a frame lies in
 *     domain:PATTERN    the domain, or one above it
 */
#include "alloc/leak_rules.h"

#include <string.h>

#include "account/own.h"
#include "alloc/leak_baseline.h"
#include "alloc/leak_file.h"
#include "alloc/options.h"
#include "base/pattern.h"
#include "base/text.h"
#include "report/report.h"
#include "stack/stack.h"

#define EXCUSE_BYTES 320u /* of the words for one */

enum kind { FUNCTION, FILE_NAME, DOMAIN };
static const char *const kinds[] = { "function:", "file:", "domain:" };

struct rule {
    enum kind kind;
    uint32_t line;
    const char *pattern;
};

static struct tmi_leak_file suppressed;

static bool parse(char *line, uint32_t number, void *entry)
{
    struct rule *rule = entry;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; ++i) {
        size_t length = strlen(kinds[i]);

        if (strncmp(line, kinds[i], length) != 0 || line[length] == '\0')
            continue;
        *rule = (struct rule){ (enum kind)i, number, line + length };
        return true;
    }
    return false;
}

void tmi_leak_rules_configure(void)
{
    static const struct tmi_leak_file_kind kind = {
        sizeof(struct rule),
        parse,
        "write function:, file: or domain:, and a pattern behind it",
        "cannot be read (option suppress): nothing is suppressed",
    };

    tmi_leak_file_configure(&suppressed, tmi_options.suppress, &kind);
    tmi_leak_baseline_configure();
}

static bool matches(const char *pattern, const char *text)
{
    return text != NULL && tmi_pattern_matches(pattern, text, strlen(text));
}

/* A domain, or one above it. */
static bool matches_domain(const char *pattern, const struct trackmem_domain *domain)
{
    char path[512];
    struct tmi_text text;
    size_t length;

    tmi_text_init(&text, path, sizeof path);
    tmi_report_add_domain(&text, domain);
    length = strcspn(path, "/");
    for (; path[length] != '\0'; length += 1 + strcspn(path + length + 1, "/"))
        if (tmi_pattern_matches(pattern, path, length))
            return true;
    return tmi_pattern_matches(pattern, path, length);
}

/* By a frame of its stack: the function as the dynamic linker has it, the module's file. */
static bool matches_stack(const struct rule *rule, uint32_t id)
{
    struct tmi_stack stack;

    (void)tmi_stack_read(id, &stack);
    for (uint32_t i = 0; i < stack.count; ++i) {
        const struct tmi_stack_module *module = tmi_stack_module_of(&stack, i);

        if (module == NULL)
            continue;
        if (rule->kind == FILE_NAME
                ? tmi_pattern_matches_path(rule->pattern, module->path)
                : matches(rule->pattern, tmi_report_function_at(module, stack.frames[i])))
            return true;
    }
    return false;
}

static bool rule_matches(const struct rule *rule, const struct tmi_leak *leak)
{
    if (rule->kind == DOMAIN)
        return matches_domain(rule->pattern, leak->domain);
    if (rule->kind == FILE_NAME ? tmi_pattern_matches_path(rule->pattern, leak->place.file)
                                : matches(rule->pattern, leak->place.function))
        return true;
    return matches_stack(rule, leak->stack);
}

/* Takes a group out of the list, for which an excuse stands. */
static void leave_out(struct tmi_leaks *leaks, struct tmi_leak *leak, void *excuse)
{
    struct tmi_leak_excuse *counts = excuse;

    counts->blocks += leak->blocks;
    counts->bytes += leak->bytes;
    leaks->blocks -= leak->blocks;
    leaks->bytes -= leak->bytes;
    leak->blocks = 0;
}

static void suppress(struct tmi_leaks *leaks)
{
    const struct rule *rules = suppressed.entries;

    for (size_t i = 0; i < leaks->count; ++i) {
        size_t rule = 0;

        while (rule < suppressed.count && !rule_matches(&rules[rule], &leaks->list[i]))
            ++rule;
        if (rule < suppressed.count)
            leave_out(leaks, &leaks->list[i], &leaks->excuses[rule]);
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* "leaks.supp:3: function:load_*", or the name of the baseline. */
static void word_excuse(size_t number, char *buffer)
{
    const struct rule *rule = (const struct rule *)suppressed.entries + number;
    struct tmi_text text;

    tmi_text_init(&text, buffer, EXCUSE_BYTES);
    if (number == suppressed.count) {
        tmi_text_add_visible(&text, base_name(tmi_leak_baseline_path()));
        return;
    }
    tmi_text_add_visible(&text, base_name(suppressed.path));
    tmi_text_add_char(&text, ':');
    tmi_text_add_unsigned(&text, rule->line);
    tmi_text_add(&text, ": ");
    tmi_text_add(&text, kinds[rule->kind]);
    tmi_text_add_visible(&text, rule->pattern);
}

/* In one mapping: the excuses, sums for the baseline, the words. */
void tmi_leak_rules_apply(struct tmi_leaks *leaks, bool with_baseline)
{
    bool known = with_baseline && tmi_leak_baseline_lines() != 0;
    size_t count = suppressed.count + known;
    uint64_t *sums;
    char *words;

    leaks->excuse_bytes = (tmi_leak_baseline_lines() + 1) * sizeof *sums +
                          count * (sizeof *leaks->excuses + EXCUSE_BYTES);
    leaks->excuses = count != 0 ? tmi_own_map(leaks->excuse_bytes) : NULL;
    if (leaks->excuses == NULL)
        return;
    leaks->excuse_count = count;
    sums = (uint64_t *)(leaks->excuses + count);
    words = (char *)(sums + tmi_leak_baseline_lines() + 1);
    for (size_t i = 0; i < count; ++i, words += EXCUSE_BYTES) {
        word_excuse(i, words);
        leaks->excuses[i].text = words;
    }
    suppress(leaks);
    if (known)
        tmi_leak_baseline_apply(leaks, sums, leave_out, &leaks->excuses[suppressed.count]);
}

void tmi_leak_rules_forget(struct tmi_leaks *leaks)
{
    tmi_own_unmap(leaks->excuses, leaks->excuse_bytes);
    leaks->excuses = NULL;
}
