/*
 * audit/audit.c: the subcommand `audit`: paths > worker > model > allow-list > baseline > report.
 */
#include "audit/audit.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <trackmem/adapters/jansson.h>
#include <trackmem/domain.h>

#include "audit/allow.h"
#include "audit/baseline.h"
#include "audit/paths.h"
#include "audit/report.h"
#include "audit/worker.h"
#include "cli/complain.h"

TRACKMEM_DEFINE_DOMAIN(json, "json", NULL);
TRACKMEM_JANSSON_DEFINE(json_memory_setup, &json);

static bool read_options(const struct tmt_call *call, struct tmt_allow *allow)
{
    if (tmt_call_has(call, "update-baseline") && !tmt_call_has(call, "baseline")) {
        tmt_complain("--update-baseline needs --baseline=FILE, the file to update");
        return false;
    }
    if (tmt_call_has(call, "json") && tmt_call_has(call, "sarif")) {
        tmt_complain("--json and --sarif exclude each other");
        return false;
    }
    for (size_t i = 0; i < call->given_count; i++) {
        const char *name = call->given[i].option->name;

        if (strcmp(name, "allow") == 0 && !tmt_allow_read(allow, call->given[i].value))
            return false;
        if (strcmp(name, "through") == 0 && !tmt_allocator_add_through(call->given[i].value)) {
            tmt_complain("--through=%s: one pattern too many; join some", call->given[i].value);
            return false;
        }
    }
    return true;
}

static bool read_objects(const struct tmt_call *call, struct tmt_audit *audit)
{
    struct tmt_paths paths;
    bool good = tmt_paths_collect(&paths, audit, call->operands, call->operand_count) &&
                tmt_worker_read(audit, paths.paths, paths.count);

    tmt_paths_finish(&paths);
    tmt_audit_sort(audit);
    return good;
}

/* A baseline that is to be made holds all there is. */
static void know_all(struct tmt_audit *audit)
{
    for (size_t i = 0; i < audit->object_count; i++)
        for (size_t j = 0; j < audit->objects[i].reference_count; j++)
            audit->objects[i].references[j].known = audit->objects[i].references[j].count;
}

static bool apply_baseline(const struct tmt_call *call, struct tmt_audit *audit, bool *less)
{
    const char *file = tmt_call_value(call, "baseline");
    bool update = tmt_call_has(call, "update-baseline");

    *less = false;
    if (file == NULL)
        return true;
    /* What could not be read would count as mended. */
    if (update && audit->failure_count != 0) {
        tmt_complain("%s is left as it is: not every object could be read", file);
        update = false;
    }
    if (update && access(file, F_OK) != 0) {
        know_all(audit);
        return tmt_baseline_update(audit, file);
    }
    if (!tmt_baseline_apply(audit, file, less))
        return false;
    if (!update)
        return true;
    *less = false;
    return tmt_baseline_update(audit, file);
}

static bool write_report(const struct tmt_call *call, const struct tmt_report *report)
{
    if (tmt_call_has(call, "json"))
        return tmt_report_json(report);
    if (tmt_call_has(call, "sarif"))
        return tmt_report_sarif(report);
    return tmt_report_text(report);
}

static enum tmt_exit audit_and_report(const struct tmt_call *call, struct tmt_audit *audit,
                                      struct tmt_allow *allow)
{
    struct tmt_report report = {
        .audit = audit,
        .allow = allow,
        .baseline = tmt_call_value(call, "baseline"),
        .all = tmt_call_has(call, "all"),
        .version = call->program->version,
    };

    if (!read_objects(call, audit))
        return TMT_FAILURE;
    tmt_allow_apply(allow, audit);
    if (!apply_baseline(call, audit, &report.less))
        return TMT_FAILURE;
    for (size_t i = 0; i < audit->object_count; i++)
        tmt_coverage_add(&report.coverage, &audit->objects[i]);
    if (!write_report(call, &report))
        return TMT_FAILURE;
    for (size_t i = 0; i < audit->failure_count; i++)
        tmt_complain("%s: %s", audit->failures[i].name, audit->failures[i].what);
    if (audit->object_count == 0 && audit->failure_count == 0) {
        tmt_complain("no object files in %s", call->operands[0]);
        return TMT_FAILURE;
    }
    if (audit->failure_count != 0)
        return TMT_FAILURE;
    return report.coverage.worse != 0 ? TMT_FINDINGS : TMT_CLEAN;
}

static enum tmt_exit run(const struct tmt_call *call)
{
    struct tmt_audit audit = { 0 };
    struct tmt_allow allow = { 0 };
    enum tmt_exit end = TMT_FAILURE;

    (void)json_memory_setup();
    if (read_options(call, &allow))
        end = audit_and_report(call, &audit, &allow);
    tmt_audit_finish(&audit);
    tmt_allow_finish(&allow);
    return end;
}

static const struct tmt_option options[] = {
    { "allow", 'a', "FILE",
      "Lets be what this list names, one a line: OBJECT FUNCTION SYMBOL reason. The first three "
      "are "
      "shell patterns. Entries that allow nothing are told. May be given several times." },
    { "all", 'A', NULL, "Shows also what is allowed, and what the baseline knows." },
    { "baseline", 'b', "FILE",
      "Fails only on what got worse than this file, by object and symbol." },
    { "update-baseline", 'u', NULL,
      "Records in the baseline what got better; makes it if there is none. Never records worse." },
    { "through", 't', "GLOB",
      "Functions that go through trackmem too, say 'ralloc_*'. May be given several times." },
    { "json", 'j', NULL, "Writes JSON." },
    { "sarif", 's', NULL, "Writes SARIF 2.1.0, as services that show findings read it." },
    { 0 },
};

static const struct tmt_example examples[] = {
    { "trackmem audit build/libdriver.a", "Shows what in the archive calls malloc past trackmem." },
    { "trackmem audit -b audit.json -u build/", "The first time: records what there is. Then: "
                                                "records what got better, fails on what got "
                                                "worse." },
    { 0 },
};

const struct tmt_command tmt_audit_command = {
    .name = "audit",
    .operands = "PATH...",
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .summary = "find what calls malloc past trackmem in object files",
    .description =
        "Reads object files, archives, shared objects, executables and folders of them (ELF, "
        "PE/COFF, Mach-O) and shows each reference to the system's allocator: malloc and its kin, "
        "what duplicates (strdup), what allocates on the way (getline), and the C++ operators new "
        "and delete. Where relocations tell, the function that refers is named; linked images show "
        "their imports only. What cannot be looked into, LTO bitcode and static executables, is "
        "named as such, and is a finding.\n\n"
        "Coverage is the share of objects that allocate only through trackmem among those that "
        "allocate at all, and the share of references that go to trackmem's verbs. What the "
        "allow-list names counts in neither.\n\n"
        "Damaged files are named, the others are audited all the same, and the exit status is 2.",
    .options = options,
    .examples = examples,
    .run = run,
};
