/*
 * firmware/program.c: see program.h. One program at a time.
 */
#include "firmware/program.h"

#include <string.h>

#include "cli/complain.h"
#include "symbol/symbol.h"

static struct {
    const char *path;
    struct tmt_symbols *symbols; /* NULL: there is no file */
    uint64_t anchor;             /* of the file */
    uint64_t slide;              /* what addresses are above the file's */
} firmware;

bool tmt_firmware_open(const char *path)
{
    const char *why;
    uint64_t sink;

    firmware.path = path;
    if (path == NULL)
        return true;
    firmware.symbols = tmt_symbols_open(path, NULL, &why);
    if (firmware.symbols == NULL) {
        tmt_complain("no symbols of '%s': %s", path, why);
        return false;
    }
    /* Firmware that sends events alone has no anchor, and is not moved. */
    if (tmt_symbols_find(firmware.symbols, "trackmem_small_anchor", &firmware.anchor) ||
        tmt_symbols_find(firmware.symbols, "trackmem_set_sink", &sink))
        return true;
    tmt_complain("'%s' sends no reports, or has no symbols: take the file that was linked, before "
                 "strip",
                 path);
    return false;
}

void tmt_firmware_close(void)
{
    tmt_symbols_close(firmware.symbols);
    firmware.symbols = NULL;
}

const char *tmt_firmware_path(void)
{
    return firmware.path;
}

const char *tmt_firmware_name(void)
{
    const char *slash = firmware.path != NULL ? strrchr(firmware.path, '/') : NULL;

    if (firmware.path == NULL)
        return "firmware";
    return slash != NULL ? slash + 1 : firmware.path;
}

bool tmt_firmware_ran_at(uint64_t anchor, const void *build_id, size_t size)
{
    if (firmware.symbols == NULL)
        return true;
    if ((size != 0 && !tmt_symbols_has_build_id(firmware.symbols, build_id, size)) ||
        (tmt_symbols_is_fixed(firmware.symbols) && anchor != firmware.anchor))
        return false;
    firmware.slide = anchor - firmware.anchor;
    return true;
}

/* Takes the frame of one level. */
struct search {
    size_t level;
    size_t at;
    struct trackmem_place *place;
};

static void take(const struct tmt_symbol_frame *frame, void *user)
{
    struct search *search = user;

    if (search->at++ != search->level)
        return;
    search->place->file = frame->file;
    search->place->line = (uint32_t)frame->line;
    search->place->function = frame->function;
}

static bool look_up(uint64_t address, size_t level, struct trackmem_place *place)
{
    struct search search = { .level = level, .place = place };

    return firmware.symbols != NULL && address != 0 &&
           tmt_symbols_at(firmware.symbols, address - firmware.slide, true, take, &search) > level;
}

struct trackmem_place tmt_firmware_place(uint64_t address)
{
    struct trackmem_place place = { .address = (const void *)(uintptr_t)address };

    (void)look_up(address, 0, &place);
    return place;
}

bool tmt_firmware_inlined_by(const struct trackmem_place *place, size_t level,
                             struct trackmem_place *call)
{
    *call = (struct trackmem_place){ .file = NULL };
    return look_up((uintptr_t)place->address, level + 1, call);
}

const char *tmt_firmware_data(uint64_t address)
{
    return firmware.symbols != NULL ? tmt_symbols_name(firmware.symbols, address - firmware.slide)
                                    : NULL;
}
