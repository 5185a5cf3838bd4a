/*
 * audit/report_text.c: the findings by object and function, then coverage by folder and in all.
 */
#include <stdint.h>
#include <string.h>

#include <trackmem/trackmem.h>

#include "audit/report.h"
#include "base/sort.h"
#include "cli/complain.h"
#include "cli/terminal.h"

static bool folder_before(const void *a, const void *b, const void *user)
{
    (void)user;
    return strcmp((*(const struct tmt_object *const *)a)->folder,
                  (*(const struct tmt_object *const *)b)->folder) < 0;
}

bool tmt_report_folders(const struct tmt_audit *audit,
                        void (*folder)(void *user, const char *name,
                                       const struct tmt_coverage *coverage),
                        void *user)
{
    const struct tmt_object **objects = trackmem_calloc(audit->object_count + 1,
                                                        sizeof(const struct tmt_object *));
    size_t next;

    if (objects == NULL) {
        tmt_complain("out of memory");
        return false;
    }
    for (size_t i = 0; i < audit->object_count; i++)
        objects[i] = &audit->objects[i];
    tmi_sort(objects, audit->object_count, sizeof(const struct tmt_object *), folder_before, NULL);
    for (size_t i = 0; i < audit->object_count; i = next) {
        struct tmt_coverage coverage = { 0 };

        for (next = i;
             next < audit->object_count && strcmp(objects[i]->folder, objects[next]->folder) == 0;
             next++)
            tmt_coverage_add(&coverage, objects[next]);
        folder(user, objects[i]->folder, &coverage);
    }
    trackmem_free(objects);
    return true;
}

/* Whether the text shows a reference. */
static bool is_shown(const struct tmt_report *report, const struct tmt_reference *reference)
{
    if (reference->group == TMT_GROUP_THROUGH)
        return false;
    if (report->all)
        return true;
    return reference->allowed == NULL && reference->count > reference->known;
}

static void add_reference(struct tmt_output *output, const struct tmt_report *report,
                          const struct tmt_reference *reference)
{
    struct tmi_text *text = &output->text;
    size_t count = report->all ? reference->count : reference->count - reference->known;

    tmi_text_add(text, "  ");
    tmi_text_add_count(text, count);
    tmi_text_pad_to(text, 7);
    tmt_output_style(output, reference->allowed != NULL ? TMT_DIM : TMT_RED);
    tmi_text_add_visible(text, reference->symbol);
    tmt_output_style(output, TMT_PLAIN);
    tmi_text_add_char(text, ' ');
    tmi_text_pad_to(text, 28);
    tmi_text_add_keeping_both_ends(text, reference->function[0] != '\0' ? reference->function : "-",
                                   60);
    tmi_text_add_char(text, ' ');
    tmi_text_pad_to(text, 52);
    if (reference->allowed != NULL) {
        tmi_text_add(text, "allowed: ");
        tmi_text_add_visible(text, reference->allowed->reason);
    } else if (reference->known == reference->count) {
        tmi_text_add(text, "in the baseline");
    } else {
        tmi_text_add(text, reference->group == TMT_GROUP_UNSEEN ? "" : "use ");
        tmi_text_add(text, reference->mend);
    }
    tmi_text_add_char(text, '\n');
}

static void add_object(struct tmt_output *output, const struct tmt_report *report,
                       const struct tmt_object *object)
{
    bool named = false;

    for (size_t i = 0; i < object->reference_count; i++) {
        if (!is_shown(report, &object->references[i]))
            continue;
        if (!named) {
            tmt_output_style(output, TMT_BOLD);
            tmi_text_add_visible(&output->text, object->name);
            tmt_output_style(output, TMT_PLAIN);
            tmi_text_add(&output->text, "  ");
            tmi_text_add_visible(&output->text, object->format);
            tmi_text_add_char(&output->text, '\n');
        }
        named = true;
        add_reference(output, report, &object->references[i]);
    }
    if (named)
        tmi_text_add_char(&output->text, '\n');
}

static void add_number(struct tmi_text *text, size_t number, size_t until)
{
    struct tmi_text part;
    char digits[32];

    tmi_text_init(&part, digits, sizeof(digits));
    tmi_text_add_count(&part, number);
    if (text->column + part.length < until)
        tmi_text_pad_to(text, until - part.length);
    tmi_text_add(text, digits);
}

static void add_share(struct tmi_text *text, size_t part, size_t whole, size_t until)
{
    struct tmi_text share;
    char digits[8];

    tmi_text_init(&share, digits, sizeof(digits));
    if (whole == 0)
        tmi_text_add_char(&share, '-');
    else
        tmi_text_add_percent(&share, part, whole);
    if (text->column + share.length < until)
        tmi_text_pad_to(text, until - share.length);
    tmi_text_add(text, digits);
}

/* The headings of add_row's columns, each to the right as the numbers are. */
static void add_headings(struct tmi_text *text)
{
    static const struct {
        const char *words;
        size_t until;
    } headings[] = { { "Objects", 49 }, { "Clean", 58 }, { "Raw", 65 },   { "Share", 74 },
                     { "Through", 84 }, { "Raw", 91 },   { "Share", 100 } };

    tmi_text_add(text, "Coverage");
    for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
        tmi_text_pad_to(text, headings[i].until - strlen(headings[i].words));
        tmi_text_add(text, headings[i].words);
    }
}

static void add_row(void *user, const char *name, const struct tmt_coverage *coverage)
{
    struct tmt_output *output = user;
    struct tmi_text *text = &output->text;

    tmi_text_add_keeping_end(text, name, 40);
    add_number(text, coverage->objects, 49);
    add_number(text, coverage->clean_objects, 58);
    add_number(text, coverage->raw_objects, 65);
    add_share(text, coverage->clean_objects, coverage->clean_objects + coverage->raw_objects, 74);
    add_number(text, coverage->through, 84);
    add_number(text, coverage->raw, 91);
    add_share(text, coverage->through, coverage->through + coverage->raw, 100);
    tmi_text_add_char(text, '\n');
}

static void add_unused(struct tmi_text *text, const struct tmt_allow *allow)
{
    bool any = false;

    for (size_t i = 0; i < allow->count; i++) {
        const struct tmt_allow_entry *entry = allow->entries[i];

        if (entry->used != 0)
            continue;
        tmi_text_add_visible(text, entry->file);
        tmi_text_add_char(text, ':');
        tmi_text_add_unsigned(text, entry->line_number);
        tmi_text_add(text, ": allows nothing: ");
        tmi_text_add_visible(text, entry->object);
        tmi_text_add_char(text, ' ');
        tmi_text_add_visible(text, entry->function);
        tmi_text_add_char(text, ' ');
        tmi_text_add_visible(text, entry->symbol);
        tmi_text_add_char(text, '\n');
        any = true;
    }
    if (any)
        tmi_text_add_char(text, '\n');
}

static void add_sum(struct tmt_output *output, const struct tmt_report *report)
{
    const struct tmt_coverage *coverage = &report->coverage;
    struct tmi_text *text = &output->text;

    tmi_text_add_char(text, '\n');
    tmt_output_style(output, coverage->worse != 0 ? TMT_RED : TMT_GREEN);
    tmi_text_add_count(text, coverage->worse);
    tmi_text_add(text, coverage->worse == 1 ? " raw reference" : " raw references");
    if (report->baseline != NULL) {
        tmi_text_add(text, " more than the baseline holds");
        tmt_output_style(output, TMT_PLAIN);
        tmi_text_add(text, ", ");
        tmi_text_add_count(text, coverage->raw - coverage->worse);
        tmi_text_add(text, " in it");
    }
    tmt_output_style(output, TMT_PLAIN);
    tmi_text_add(text, ", ");
    tmi_text_add_count(text, coverage->allowed);
    tmi_text_add(text, " allowed, ");
    tmi_text_add_count(text, coverage->through);
    tmi_text_add(text, " through trackmem\n");
    if (report->less)
        tmi_text_add(text, "Less than the baseline holds: --update-baseline records it.\n");
}

bool tmt_report_text(const struct tmt_report *report)
{
    struct tmt_output output;
    bool good;

    tmt_output_init(&output, stdout);
    for (size_t i = 0; i < report->audit->object_count; i++)
        add_object(&output, report, &report->audit->objects[i]);
    add_unused(&output.text, report->allow);
    tmt_output_style(&output, TMT_BOLD);
    add_headings(&output.text);
    tmt_output_style(&output, TMT_PLAIN);
    tmi_text_add_char(&output.text, '\n');
    good = tmt_report_folders(report->audit, add_row, &output);
    add_row(&output, "in all", &report->coverage);
    add_sum(&output, report);
    return tmt_output_finish(&output) && good;
}
