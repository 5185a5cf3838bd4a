/*
 * audit/report_json.c: JSON and SARIF, by jansson. What memory is not enough for is NULL all the
 * way up, and told at the end.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "audit/report.h"
#include "base/text.h"
#include "cli/complain.h"

static bool dump(json_t *root)
{
    bool good = root != NULL && json_dumpf(root, stdout, JSON_INDENT(2)) == 0 &&
                fputc('\n', stdout) != EOF && fflush(stdout) == 0;

    if (root == NULL)
        tmt_complain("out of memory");
    else if (!good)
        tmt_complain("could not write: %s", strerror(errno));
    json_decref(root);
    return good;
}

/* A name from a file may be anything; JSON wants UTF-8. */
static json_t *text_of(const char *name)
{
    json_t *text = json_string(name);
    char visible[1024];
    struct tmi_text copy;

    if (text != NULL)
        return text;
    tmi_text_init(&copy, visible, sizeof(visible));
    tmi_text_add_visible(&copy, name);
    return json_string(visible);
}

static json_t *coverage_of(const struct tmt_coverage *coverage)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "objects", (json_int_t)coverage->objects,
        "clean_objects", (json_int_t)coverage->clean_objects, "raw_objects",
        (json_int_t)coverage->raw_objects, "through_references", (json_int_t)coverage->through,
        "raw_references", (json_int_t)coverage->raw, "allowed_references",
        (json_int_t)coverage->allowed, "worse_references", (json_int_t)coverage->worse);
}

static void add_folder(void *user, const char *name, const struct tmt_coverage *coverage)
{
    json_t *folder = coverage_of(coverage);

    if (folder != NULL && json_object_set_new(folder, "folder", text_of(name)) == 0)
        (void)json_array_append_new(user, folder);
}

static json_t *reference_of(const struct tmt_reference *reference)
{
    json_t *json = json_pack("{s:o, s:o, s:s, s:I, s:I, s:b}", "function",
                             text_of(reference->function), "symbol", text_of(reference->symbol),
                             "group", tmt_group_name(reference->group), "count",
                             (json_int_t)reference->count, "known", (json_int_t)reference->known,
                             "raw", tmt_reference_is_raw(reference));

    if (json != NULL && reference->mend[0] != '\0')
        (void)json_object_set_new(json, "mend", json_string(reference->mend));
    if (json != NULL && reference->allowed != NULL)
        (void)json_object_set_new(json, "allowed", text_of(reference->allowed->reason));
    return json;
}

static json_t *object_of(const struct tmt_object *object)
{
    json_t *references = json_array();

    for (size_t i = 0; i < object->reference_count; i++)
        (void)json_array_append_new(references, reference_of(&object->references[i]));
    return json_pack("{s:o, s:o, s:o}", "object", text_of(object->name), "format",
                     text_of(object->format), "references", references);
}

bool tmt_report_json(const struct tmt_report *report)
{
    json_t *objects = json_array(), *folders = json_array(), *failures = json_array(),
           *unused = json_array();

    for (size_t i = 0; i < report->audit->object_count; i++)
        (void)json_array_append_new(objects, object_of(&report->audit->objects[i]));
    for (size_t i = 0; i < report->audit->failure_count; i++)
        (void)json_array_append_new(
            failures, json_pack("{s:o, s:o}", "object", text_of(report->audit->failures[i].name),
                                "what", text_of(report->audit->failures[i].what)));
    for (size_t i = 0; i < report->allow->count; i++)
        if (report->allow->entries[i]->used == 0)
            (void)json_array_append_new(
                unused, json_pack("{s:s, s:I}", "file", report->allow->entries[i]->file, "line",
                                  (json_int_t)report->allow->entries[i]->line_number));
    if (!tmt_report_folders(report->audit, add_folder, folders))
        return false;
    return dump(json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:b}", "trackmem_audit", 1, "coverage",
                          coverage_of(&report->coverage), "folders", folders, "objects", objects,
                          "failures", failures, "unused_allow_entries", unused,
                          "less_than_baseline", report->less));
}

/* ---- SARIF 2.1.0 (OASIS) ---- */

static json_t *rules(void)
{
    json_t *list = json_array();

    for (int group = TMT_GROUP_DIRECT; group < TMT_GROUP_COUNT; group++)
        (void)json_array_append_new(
            list, json_pack("{s:s, s:{s:s}}", "id", tmt_group_name((enum tmt_group)group),
                            "shortDescription", "text", tmt_group_about((enum tmt_group)group)));
    return list;
}

/* A path as a URI reference: RFC 3986 leaves these as they are. */
static json_t *uri_of(const char *name)
{
    char uri[4096];
    struct tmi_text text;

    tmi_text_init(&text, uri, sizeof(uri));
    for (; *name != '\0'; name++) {
        static const char digits[] = "0123456789ABCDEF";
        unsigned char byte = (unsigned char)*name;
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || strchr("/-._~()+", byte) != NULL;

        if (!plain)
            tmi_text_add_char(&text, '%');
        tmi_text_add_char(&text, plain ? *name : digits[byte >> 4]);
        if (!plain)
            tmi_text_add_char(&text, digits[byte & 15]);
    }
    return json_string(uri);
}

static json_t *message_of(const struct tmt_reference *reference)
{
    if (reference->group == TMT_GROUP_UNSEEN)
        return json_sprintf("%s: %s", reference->symbol, reference->mend);
    if (reference->function[0] == '\0')
        return json_sprintf("refers to %s; use %s", reference->symbol, reference->mend);
    return json_sprintf("%s refers to %s; use %s", reference->function, reference->symbol,
                        reference->mend);
}

static json_t *result_of(const struct tmt_report *report, const struct tmt_object *object,
                         const struct tmt_reference *reference)
{
    bool has_function = reference->function[0] != '\0';
    json_t *location = json_pack("{s:{s:{s:o}}}", "physicalLocation", "artifactLocation", "uri",
                                 uri_of(object->name));
    json_t *result;

    if (has_function)
        (void)json_object_set_new(location, "logicalLocations",
                                  json_pack("[{s:o, s:s}]", "fullyQualifiedName",
                                            text_of(reference->function), "kind", "function"));
    result = json_pack("{s:s, s:i, s:s, s:I, s:{s:o}, s:[o]}", "ruleId",
                       tmt_group_name(reference->group), "ruleIndex",
                       (int)reference->group - (int)TMT_GROUP_DIRECT, "level", "warning",
                       "occurrenceCount", (json_int_t)reference->count, "message", "text",
                       message_of(reference), "locations", location);
    if (result != NULL && report->baseline != NULL)
        (void)json_object_set_new(
            result, "baselineState",
            json_string(reference->known == reference->count ? "unchanged" : "new"));
    if (result != NULL && reference->allowed != NULL)
        (void)json_object_set_new(result, "suppressions",
                                  json_pack("[{s:s, s:o}]", "kind", "external", "justification",
                                            text_of(reference->allowed->reason)));
    return result;
}

bool tmt_report_sarif(const struct tmt_report *report)
{
    const struct tmt_audit *audit = report->audit;
    json_t *results = json_array(), *failures = json_array();

    for (size_t i = 0; i < audit->object_count; i++)
        for (size_t j = 0; j < audit->objects[i].reference_count; j++)
            if (audit->objects[i].references[j].group != TMT_GROUP_THROUGH)
                (void)json_array_append_new(results, result_of(report, &audit->objects[i],
                                                               &audit->objects[i].references[j]));
    for (size_t i = 0; i < audit->failure_count; i++)
        (void)json_array_append_new(failures,
                                    json_pack("{s:s, s:{s:o}, s:[{s:{s:{s:o}}}]}", "level", "error",
                                              "message", "text", text_of(audit->failures[i].what),
                                              "locations", "physicalLocation", "artifactLocation",
                                              "uri", uri_of(audit->failures[i].name)));
    return dump(json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:[{s:b, s:o}], s:o}]}", "$schema",
                          "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0",
                          "runs", "tool", "driver", "name", "trackmem audit", "version",
                          report->version, "rules", rules(), "invocations", "executionSuccessful",
                          audit->failure_count == 0, "toolExecutionNotifications", failures,
                          "results", results));
}
