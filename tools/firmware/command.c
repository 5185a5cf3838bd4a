/*
 * firmware/command.c: the subcommand report: what firmware sent, in the words of src/report.
 *
 * What happened is written in the order of the stream; so is each accounting, at its end. A stream
 * may go on after resets, and then another program may run: each part is judged by its own first
 * BEGIN, and one without as the part before it; at the start of the stream, as the next. What
 * another program sent is left out.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trackmem/trackmem.h>

#include "cli/complain.h"
#include "firmware/accounting.h"
#include "firmware/command.h"
#include "firmware/input.h"
#include "firmware/program.h"

static struct tmi_report_subject subject = { .inlined_by = tmt_firmware_inlined_by };

/* What goes on while a stream is read. */
struct reading {
    enum trackmem_format format;
    bool found;            /* misuse, or blocks that were left behind */
    bool is_others;        /* what comes now: another program sent it */
    bool left_out;         /* something, for that */
    bool taken;            /* something */
    bool incomplete;       /* an accounting lacks frames */
    bool failed;           /* which was complained about */
    uint64_t unknown;      /* kinds of a later version */
    struct tmi_leak *left; /* by call site, before the sum comes */
    size_t left_count;
};

/* By name; one that the program registered gets a number here. */
static trackmem_family family_of(const char *name)
{
    struct trackmem_family_info info = {
        .name = name,
        .free_verb = "its own family's verb",
    };

    if (name[0] == '\0' || strcmp(name, trackmem_family_name(TRACKMEM_FAMILY_NONE)) == 0)
        return TRACKMEM_FAMILY_NONE;
    for (trackmem_family family = 1; family < 64; ++family)
        if (strcmp(name, trackmem_family_name(family)) == 0)
            return family;
    return trackmem_family_register(&info);
}

/* "static data of firmware.elf, `counter`". */
static const char *whose(uint64_t address, char *text, size_t size)
{
    const char *name = tmt_firmware_data(address);

    if (name == NULL)
        return "outside the regions of trackmem";
    (void)snprintf(text, size, "static data of %s: %s", tmt_firmware_name(), name);
    return text;
}

/* Which of the functions of src/report words it. */
static void word_misuse(struct reading *reading, enum trackmem_misuse_kind kind,
                        const struct tmi_call *call, const struct tmi_block_facts *block,
                        const struct tmi_damage *damage, uint64_t number)
{
    char text[512];

    switch (kind) {
    case TRACKMEM_MISUSE_MISMATCHED_FAMILY: tmi_report_mismatched_family(call, block); return;
    case TRACKMEM_MISUSE_DOUBLE_FREE: tmi_report_double_free(call, block); return;
    case TRACKMEM_MISUSE_INTERIOR_POINTER: tmi_report_interior_pointer(call, block); return;
    case TRACKMEM_MISUSE_MISALIGNED: tmi_report_misaligned(call); return;
    case TRACKMEM_MISUSE_WRONG_SIZE: tmi_report_wrong_size(call, block, number); return;
    case TRACKMEM_MISUSE_DAMAGED_HEADER: tmi_report_damaged_header(call, block->block); return;
    case TRACKMEM_MISUSE_OVERRUN: tmi_report_overrun(call, block, damage); return;
    case TRACKMEM_MISUSE_DESTROYED_DOMAIN: tmi_report_destroyed_domain(call, block->domain); return;
    case TRACKMEM_MISUSE_FOREIGN_POINTER:
        tmi_report_foreign_pointer(call, whose((uintptr_t)call->ptr, text, sizeof text));
        return;
    case TRACKMEM_MISUSE_DOMAIN_LEAK:
        tmi_report_domain_leak(call, block->domain,
                               &(struct tmi_leaks){ .blocks = number, .bytes = block->size });
        return;
    default: ++reading->unknown;
    }
}

static void take_misuse(struct reading *reading, struct tmt_frame *frame)
{
    char id[TMT_FRAME_TEXT], verb[TMT_FRAME_TEXT], made_by[TMT_FRAME_TEXT];
    char freed_by[TMT_FRAME_TEXT], path[TMT_FRAME_TEXT], found[TMT_FRAME_TEXT];
    struct tmi_call call = { .verb = verb };
    struct tmi_block_facts block = { .block = NULL };
    struct tmi_damage damage = { .first = 0 };
    enum trackmem_misuse_kind kind = (enum trackmem_misuse_kind)tmt_frame_number(frame);
    uint64_t offset, number;

    (void)tmt_frame_text(frame, id);
    (void)tmt_frame_text(frame, verb);
    call.ptr = (const void *)(uintptr_t)tmt_frame_number(frame);
    block.block = (const void *)(uintptr_t)tmt_frame_number(frame);
    block.size = tmt_frame_number(frame);
    offset = tmt_frame_number(frame);
    (void)tmt_frame_text(frame, made_by);
    (void)tmt_frame_text(frame, freed_by);
    (void)tmt_frame_text(frame, path);
    block.family = family_of(made_by);
    call.family = family_of(freed_by);
    block.domain = block.family != TRACKMEM_FAMILY_NONE || path[0] != '\0'
                       ? tmt_domain_by_path(path)
                       : NULL;
    call.here = tmt_firmware_place(tmt_frame_number(frame));
    block.allocated = tmt_firmware_place(tmt_frame_number(frame));
    block.freed = tmt_firmware_place(tmt_frame_number(frame));
    number = tmt_frame_number(frame);
    damage.found_bytes = tmt_frame_text(frame, found);
    if (damage.found_bytes > sizeof damage.found)
        damage.found_bytes = sizeof damage.found;
    memcpy(damage.found, found, damage.found_bytes);
    damage.changed_bytes = number;
    damage.first = (ptrdiff_t)(offset / 2);
    damage.last = damage.first +
                  (ptrdiff_t)(number > damage.found_bytes ? number : damage.found_bytes) - 1;
    reading->found = true;
    word_misuse(reading, kind, &call, &block, &damage, number);
}

/* A leak window's end: the sum, after its call sites. */
static void word_left(struct reading *reading, const struct tmi_event *event, uint64_t blocks)
{
    struct tmi_call call = { .verb = "trackmem_end", .here = event->here };
    struct tmi_leaks leaks = {
        .list = reading->left,
        .count = reading->left_count,
        .blocks = blocks,
        .bytes = event->bytes,
    };

    tmi_report_window_leak(&call, &leaks);
    reading->left_count = 0;
    reading->found = true;
}

static bool take_left_by_site(struct reading *reading, const struct tmi_event *event,
                              uint64_t blocks)
{
    struct tmi_leak *left = trackmem_realloc(reading->left,
                                             (reading->left_count + 1) * sizeof *left);

    if (left == NULL) {
        tmt_complain("out of memory");
        return false;
    }
    reading->left = left;
    left[reading->left_count++] = (struct tmi_leak){
        .class = TMI_LEAK_ALIVE,
        .place = event->here,
        .bytes = event->bytes,
        .blocks = blocks,
    };
    return true;
}

static bool take_event(struct reading *reading, struct tmt_frame *frame)
{
    enum trackmem_small_event kind = (enum trackmem_small_event)tmt_frame_number(frame);
    char path[TMT_FRAME_TEXT];
    struct tmi_event event;
    uint64_t blocks;

    (void)tmt_frame_text(frame, path);
    event.domain = tmt_domain_by_path(path);
    event.bytes = tmt_frame_number(frame);
    event.here = tmt_firmware_place(tmt_frame_number(frame));
    blocks = tmt_frame_number(frame);
    switch (kind) {
    case TRACKMEM_SMALL_SOFT_CROSSED: tmi_report_soft_limit(&event); break;
    case TRACKMEM_SMALL_REFUSED_BY_BUDGET: tmi_report_refused_by_budget(&event); break;
    case TRACKMEM_SMALL_REFUSED_BY_BACKEND: tmi_report_refused_by_backend(&event); break;
    case TRACKMEM_SMALL_REFUSED_ON_PURPOSE: tmi_report_refused_on_purpose(&event); break;
    case TRACKMEM_SMALL_LEFT_BEHIND: word_left(reading, &event, blocks); break;
    case TRACKMEM_SMALL_LEFT_BY_SITE: return take_left_by_site(reading, &event, blocks);
    default: ++reading->unknown;
    }
    return true;
}

static void end_accounting(struct reading *reading, struct tmt_frame *frame)
{
    bool is_whole;

    if (!tmt_accounting_end(frame, STDOUT_FILENO, reading->format, &is_whole))
        reading->failed = true;
    if (!is_whole)
        reading->incomplete = true;
}

/* What follows the anchor is read by nobody else. False: another program sent it. */
static bool read_begin(struct tmt_frame frame)
{
    char text[TMT_FRAME_TEXT];
    uint64_t misuse_count = tmt_frame_number(&frame);
    uint64_t anchor;

    anchor = tmt_frame_number(&frame);
    (void)tmt_frame_number(&frame); /* the bytes of a header */
    (void)tmt_frame_text(&frame, text);
    if (!tmt_firmware_ran_at(anchor, text, tmt_frame_text(&frame, text)))
        return false;
    subject.misuse_count = misuse_count;
    return true;
}

static bool take(struct reading *reading, struct tmt_frame *frame)
{
    if (frame->type == TRACKMEM_SMALL_BEGIN) {
        if (tmt_accounting_is_open())
            end_accounting(reading, NULL);
        reading->is_others = !read_begin(*frame);
    }
    if (reading->is_others) {
        reading->left_out = true;
        return true;
    }
    reading->taken = true;
    switch (frame->type) {
    case TRACKMEM_SMALL_BEGIN: tmt_accounting_begin(); return true;
    case TRACKMEM_SMALL_END:
        if (tmt_accounting_is_open())
            end_accounting(reading, frame);
        else
            reading->incomplete = true;
        return true;
    case TRACKMEM_SMALL_MISUSE: take_misuse(reading, frame); return true;
    case TRACKMEM_SMALL_EVENT: return take_event(reading, frame);
    default: return !tmt_accounting_is_open() || tmt_accounting_take(frame);
    }
}

/* Whose that is which comes before the next BEGIN: of all the stream, or up to a reset. */
static void judge(struct reading *reading, struct tmt_frames ahead, bool to_reset)
{
    struct tmt_frame frame;

    while (tmt_frames_next(&ahead, &frame) && !(to_reset && ahead.is_reset))
        if (frame.type == TRACKMEM_SMALL_BEGIN) {
            reading->is_others = !read_begin(frame);
            return;
        }
}

/* What was under way goes on no more. */
static void start_anew(struct reading *reading, const struct tmt_frames *frames)
{
    if (tmt_accounting_is_open())
        end_accounting(reading, NULL);
    reading->left_count = 0;
    judge(reading, *frames, true);
}

/* One line on what was not well. False: there was something. */
static bool is_sound(const struct reading *reading, const struct tmt_frames *frames,
                     const struct tmt_input *input)
{
    const char *path = input->path;

    if (input->error != 0)
        tmt_complain("'%s' could be read up to byte %zu only: %s", path, input->size,
                     strerror(input->error));
    else if (frames->version != 0)
        tmt_complain("'%s' has frames of version %u; this command reads up to %d: take a later one",
                     path, frames->version, TRACKMEM_SMALL_VERSION);
    else if (reading->left_out && reading->taken)
        tmt_complain("'%s' is not what sent all of '%s': what another program sent, or one built "
                     "anew since, is left out",
                     tmt_firmware_path(), path);
    else if (reading->left_out)
        tmt_complain("'%s' is not what sent this report: another program, or built anew since",
                     tmt_firmware_path());
    else if (frames->count == 0)
        tmt_complain("'%s' holds no frame of trackmem: it is not what a sink took, or all of it is "
                     "damaged",
                     path);
    else if (frames->lost != 0)
        tmt_complain("'%s' lacks %llu frame%s, lost or damaged on the way", path,
                     (unsigned long long)frames->lost, frames->lost == 1 ? "" : "s");
    else if (reading->incomplete)
        tmt_complain("'%s' is cut off: a report in it lacks its beginning or its end", path);
    else if (reading->unknown != 0)
        tmt_complain("'%s' tells of what this command does not know, %llu times: take a later one",
                     path, (unsigned long long)reading->unknown);
    else
        return true;
    return false;
}

static enum tmt_exit report_on(const struct tmt_input *input, enum trackmem_format format)
{
    struct reading reading = { .format = format };
    struct tmt_frames frames;
    struct tmt_frame frame;
    bool good = true;

    tmt_frames_init(&frames, input->bytes, input->size);
    judge(&reading, frames, false);
    while (good && !reading.failed && tmt_frames_next(&frames, &frame)) {
        if (frames.is_reset)
            start_anew(&reading, &frames);
        good = take(&reading, &frame);
    }
    if (good && tmt_accounting_is_open())
        end_accounting(&reading, NULL);
    good = good && !reading.failed && is_sound(&reading, &frames, input);
    tmt_accounting_finish();
    trackmem_free(reading.left);
    if (!good)
        return TMT_FAILURE;
    return reading.found ? TMT_FINDINGS : TMT_CLEAN;
}

static bool top_of(const struct tmt_call *call, size_t *top)
{
    const char *value = tmt_call_value(call, "top");
    char *end;

    *top = 10;
    if (value == NULL)
        return true;
    errno = 0;
    *top = strtoul(value, &end, 10);
    if (errno == 0 && end != value && *end == '\0' && value[0] != '-')
        return true;
    tmt_complain("--top takes a number, not '%s'", value);
    return false;
}

static enum tmt_exit run_report(const struct tmt_call *call)
{
    struct tmi_report_options options = {
        .out_path = "",
        .format = tmt_call_has(call, "json") ? TRACKMEM_FORMAT_JSON : TRACKMEM_FORMAT_TEXT,
    };
    enum tmt_exit end = TMT_FAILURE;
    struct tmt_input input;

    if (top_of(call, &options.top_sites) && tmt_firmware_open(tmt_call_value(call, "elf")) &&
        tmt_input_read(&input, call->operands[0])) {
        subject.program = tmt_firmware_name();
        tmi_report_about(&subject, STDOUT_FILENO, &options);
        end = report_on(&input, options.format);
        tmt_input_finish(&input);
    }
    tmt_firmware_close();
    return end;
}

static const struct tmt_option report_options[] = {
    { "elf", 0, "FILE",
      "The firmware that sent it, as it was linked: without it there are addresses instead of "
      "functions, files and lines." },
    { "json", 0, NULL, "Writes JSON, an object on a line, as docs/report.md describes." },
    { "top", 0, "N", "Lists so many call sites in the text (10)." },
    { 0 },
};

static const struct tmt_example report_examples[] = {
    { "trackmem report --elf firmware.elf uart.log", "Reads what the firmware sent." },
    { "timeout 60 cat /dev/ttyACM0 | trackmem report --elf firmware.elf -",
      "The same, of what comes over a line in a minute; stty -F /dev/ttyACM0 115200 raw sets the "
      "line up." },
    { 0 },
};

const struct tmt_command tmt_report_command = {
    .name = "report",
    .operands = "FILE",
    .least_operands = 1,
    .most_operands = 1,
    .summary = "show what firmware reported over its byte sink",
    .description =
        "Reads the frames that a program of the small profile gave to its sink "
        "(trackmem_set_sink), with whatever else stands between them, and writes what they say: "
        "misuse, limits that were hit, leaks, and the accounting. FILE '-' is standard input. The "
        "firmware's ELF file names functions, files and lines, inlined calls included; it must be "
        "the one that ran.\n"
        "\n"
        "It is shown once the input ends. Ends with 1 if there was misuse or a leak; with 2 if "
        "frames were lost or cut off, another program sent some, or not all could be read: what is "
        "there is shown all the same, but nothing of another program.",
    .options = report_options,
    .examples = report_examples,
    .run = run_report,
};
