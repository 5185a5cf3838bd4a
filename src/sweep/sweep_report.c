/*
 * sweep/sweep_report.c: the report of a sweep, for people a line a finding, and as one JSON object:
 *
 *     sweep of mesh: point 7: crash by SIGSEGV; src/mesh.c:31 load_mesh() in driver/mesh was failed
 *     sweep of mesh: 41 points, 39 told, 1 absorbed, 1 finding (1 crash)
 */
#include "sweep/sweep.h"

static const char *name_of(const struct trackmem_sweep *sweep)
{
    return sweep->name != NULL ? sweep->name : "scenario";
}

static void add_start(struct tmi_text *text, const struct trackmem_sweep *sweep)
{
    tmi_text_add(text, "sweep of ");
    tmi_text_add_visible(text, name_of(sweep));
    tmi_text_add(text, ": ");
}

static void add_counted(struct tmi_text *text, uint64_t number, const char *one,
                        const char *several)
{
    tmi_text_add_count(text, number);
    tmi_text_add(text, number == 1 ? one : several);
}

/* "leak of 2 blocks, 30 bytes; misuse": what is wrong, one after the other. */
static void add_faults(struct tmi_text *text, const struct tmi_sweep_point *point)
{
    const struct tmi_sweep_outcome *outcome = point->outcome;
    const char *comma = "";

    if (point->faults & TMI_SWEEP_TIMEOUT) {
        tmi_text_add(text, "it did not end in time");
    } else if (point->faults & TMI_SWEEP_CRASH) {
        tmi_text_add(text, point->apart.ending == TMI_ENDING_SIGNAL ? "crash by " : "exit ");
        if (point->apart.signal[0] != '\0')
            tmi_text_add(text, point->apart.signal);
        else
            tmi_text_add_signed(text, point->apart.code);
    }
    if (point->faults & TMI_SWEEP_LEAK) {
        tmi_text_add(text, "leak of ");
        add_counted(text, outcome->live_blocks, " block, ", " blocks, ");
        add_counted(text, outcome->live_bytes, " byte", " bytes");
        comma = ", ";
    }
    if (point->faults & TMI_SWEEP_LOST_CHARGE) {
        tmi_text_add(text, comma);
        tmi_text_add(text, "lost charge of ");
        tmi_text_add_signed(text, outcome->lost_bytes);
        tmi_text_add(text, " bytes");
        comma = ", ";
    }
    if (point->faults & TMI_SWEEP_CHANGED) {
        tmi_text_add(text, comma);
        tmi_text_add(text, "another result (");
        tmi_text_add_hex(text, outcome->digest);
        tmi_text_add(text, " instead of ");
        tmi_text_add_hex(text, point->expected);
        tmi_text_add(text, ")");
        comma = ", ";
    }
    if (point->faults & TMI_SWEEP_MISUSE) {
        tmi_text_add(text, comma);
        add_counted(text, outcome->misuses, " misuse", " misuses");
    }
}

static void add_place(struct tmi_text *text, const struct tmi_sweep_outcome *outcome)
{
    if (outcome->injected == 0) {
        tmi_text_add(text, "; nothing was failed");
        return;
    }
    tmi_text_add(text, "; failed: ");
    tmi_text_add_visible(text, outcome->file[0] != '\0' ? outcome->file : "an unknown place");
    if (outcome->line != 0) {
        tmi_text_add(text, ":");
        tmi_text_add_unsigned(text, outcome->line);
    }
    if (outcome->function[0] != '\0') {
        tmi_text_add(text, " ");
        tmi_text_add_visible(text, outcome->function);
        tmi_text_add(text, "()");
    }
    if (outcome->domain[0] != '\0') {
        tmi_text_add(text, " in ");
        tmi_text_add_visible(text, outcome->domain);
    }
    if (outcome->injected > 1) {
        tmi_text_add(text, " and ");
        tmi_text_add_count(text, outcome->injected - 1);
        tmi_text_add(text, " more");
    }
}

static void write_point_as_json(struct tmi_text *text, const struct tmi_sweep_point *point)
{
    const struct tmi_sweep_outcome *outcome = point->outcome;
    static const char *const names[] = { "crash",       "timeout",        "leak",
                                         "lost-charge", "changed-result", "misuse" };

    tmi_text_add_json_item(text);
    tmi_text_add(text, "{");
    tmi_text_add_json_number(text, "point", point->number);
    tmi_text_add_json_key(text, "faults");
    tmi_text_add(text, "[");
    for (unsigned i = 0; i < sizeof names / sizeof *names; ++i) {
        if (point->faults >> i & 1) {
            tmi_text_add_json_item(text);
            tmi_text_add_json(text, names[i]);
        }
    }
    tmi_text_add(text, "]");
    if (point->apart.ending == TMI_ENDING_SIGNAL)
        tmi_text_add_json_string(text, "signal", point->apart.signal);
    else if (point->apart.code != 0)
        tmi_text_add_json_number(text, "exit", (uint64_t)point->apart.code);
    if (outcome->injected != 0) {
        tmi_text_add_json_string(text, "file", outcome->file);
        tmi_text_add_json_number(text, "line", outcome->line);
        tmi_text_add_json_string(text, "function", outcome->function);
        tmi_text_add_json_string(text, "domain", outcome->domain);
    }
    tmi_text_add_json_number(text, "injected", outcome->injected);
    tmi_text_add_json_number(text, "live_blocks", outcome->live_blocks);
    tmi_text_add_json_number(text, "live_bytes", outcome->live_bytes);
    tmi_text_add_json_key(text, "lost_bytes");
    tmi_text_add_signed(text, outcome->lost_bytes);
    tmi_text_add_json_number(text, "misuses", outcome->misuses);
    tmi_text_add(text, "}");
}

void tmi_sweep_write_start(struct tmi_text *text, const struct trackmem_sweep *sweep)
{
    if (sweep->format != TRACKMEM_FORMAT_JSON)
        return;
    tmi_text_add(text, "{");
    tmi_text_add_json_string(text, "type", "sweep");
    tmi_text_add_json_string(text, "name", name_of(sweep));
    tmi_text_add_json_key(text, "found");
    tmi_text_add(text, "[");
}

void tmi_sweep_write_point(struct tmi_text *text, const struct trackmem_sweep *sweep,
                           const struct tmi_sweep_point *point)
{
    if (sweep->format == TRACKMEM_FORMAT_JSON) {
        write_point_as_json(text, point);
        return;
    }
    add_start(text, sweep);
    tmi_text_add(text, "point ");
    tmi_text_add_count(text, point->number);
    tmi_text_add(text, ": ");
    add_faults(text, point);
    add_place(text, point->outcome);
    tmi_text_add(text, "\n");
}

static void write_end_as_json(struct tmi_text *text, const struct trackmem_sweep_result *result)
{
    tmi_text_add(text, "]");
    tmi_text_add_json_number(text, "points", result->points);
    tmi_text_add_json_number(text, "told", result->told);
    tmi_text_add_json_number(text, "absorbed", result->absorbed);
    tmi_text_add_json_number(text, "findings", result->findings);
    tmi_text_add_json_number(text, "crashes", result->crashes);
    tmi_text_add_json_number(text, "timeouts", result->timeouts);
    tmi_text_add_json_number(text, "leaks", result->leaks);
    tmi_text_add_json_number(text, "lost_charges", result->lost_charges);
    tmi_text_add_json_number(text, "changed", result->changed);
    tmi_text_add_json_number(text, "misuses", result->misuses);
    tmi_text_add_json_key(text, "complete");
    tmi_text_add(text, result->complete ? "true" : "false");
    tmi_text_add(text, "}\n");
}

void tmi_sweep_write_end(struct tmi_text *text, const struct trackmem_sweep *sweep,
                         const struct trackmem_sweep_result *result)
{
    if (sweep->format == TRACKMEM_FORMAT_JSON) {
        write_end_as_json(text, result);
        return;
    }
    add_start(text, sweep);
    add_counted(text, result->points, " point, ", " points, ");
    tmi_text_add_count(text, result->told);
    tmi_text_add(text, " told, ");
    tmi_text_add_count(text, result->absorbed);
    tmi_text_add(text, " absorbed, ");
    add_counted(text, result->findings, " finding", " findings");
    tmi_text_add(text, result->complete || sweep->last_point != 0
                           ? "\n"
                           : "; it never came through unfailed\n");
}

void tmi_sweep_show_progress(const struct trackmem_sweep *sweep,
                             const struct trackmem_sweep_result *result)
{
    struct tmi_text text;
    char buffer[160];

    if (!tmi_platform_colour_terminal(2))
        return;
    tmi_text_init(&text, buffer, sizeof buffer);
    tmi_text_add(&text, "\r");
    add_start(&text, sweep);
    add_counted(&text, result->points, " point, ", " points, ");
    add_counted(&text, result->findings, " finding", " findings");
    tmi_text_add(&text, " so far");
    tmi_platform_write(2, buffer, text.length);
}

void tmi_sweep_clear_progress(void)
{
    static const char clear[] = "\r\033[K";

    if (tmi_platform_colour_terminal(2))
        tmi_platform_write(2, clear, sizeof clear - 1);
}
