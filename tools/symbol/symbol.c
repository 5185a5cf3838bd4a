/*
 * symbol/symbol.c: see symbol.h.
 */
#include "symbol/symbol.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tmt_symbols {
    Dwfl *dwfl;
    Dwfl_Module *module;
    GElf_Addr bias; /* of libdwfl's addresses over the file's */
    bool is_arm;
    bool is_fixed;
};

static char *debug_path; /* libdwfl's default: beside the file, .debug/, /usr/lib/debug */

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = &debug_path,
};

static bool has_build_id(Dwfl_Module *module, const char *wanted)
{
    const unsigned char *bits;
    GElf_Addr address;
    int size = dwfl_module_build_id(module, &bits, &address);
    char digits[3];

    if (size <= 0 || strlen(wanted) != (size_t)size * 2)
        return false;
    for (int i = 0; i < size; ++i) {
        (void)snprintf(digits, sizeof digits, "%02x", bits[i]);
        if (strncmp(wanted + (size_t)i * 2, digits, 2) != 0)
            return false;
    }
    return true;
}

static bool report_file(struct tmt_symbols *symbols, const char *path, const char *build_id)
{
    GElf_Ehdr header;
    Elf *elf;

    dwfl_report_begin(symbols->dwfl);
    symbols->module = dwfl_report_offline(symbols->dwfl, "", path, -1);
    (void)dwfl_report_end(symbols->dwfl, NULL, NULL);
    if (symbols->module == NULL ||
        (build_id != NULL && build_id[0] != '\0' && !has_build_id(symbols->module, build_id)))
        return false;
    elf = dwfl_module_getelf(symbols->module, &symbols->bias);
    if (elf == NULL || gelf_getehdr(elf, &header) == NULL)
        return false;
    symbols->is_arm = header.e_machine == EM_ARM;
    symbols->is_fixed = header.e_type == ET_EXEC;
    return true;
}

static bool report_build_id(struct tmt_symbols *symbols, const char *build_id)
{
    char path[512];

    if (build_id == NULL || strlen(build_id) < 4 || strlen(build_id) > 128)
        return false;
    (void)snprintf(path, sizeof path, "/usr/lib/debug/.build-id/%.2s/%s.debug", build_id,
                   build_id + 2);
    return access(path, R_OK) == 0 && report_file(symbols, path, build_id);
}

struct tmt_symbols *tmt_symbols_open(const char *path, const char *build_id, const char **why)
{
    struct tmt_symbols *symbols = calloc(1, sizeof *symbols); /* raw: a tool's own memory */
    bool there = path != NULL && access(path, R_OK) == 0;

    *why = "out of memory";
    if (symbols == NULL)
        return NULL;
    symbols->dwfl = dwfl_begin(&callbacks);
    if (symbols->dwfl != NULL &&
        ((there && report_file(symbols, path, build_id)) || report_build_id(symbols, build_id)))
        return symbols;
    *why = there ? "it is no ELF file, or was built anew since" : "it cannot be read";
    tmt_symbols_close(symbols);
    return NULL;
}

void tmt_symbols_close(struct tmt_symbols *symbols)
{
    if (symbols == NULL)
        return;
    if (symbols->dwfl != NULL)
        dwfl_end(symbols->dwfl);
    free(symbols); /* raw: a tool's own memory */
}

bool tmt_symbols_has_build_id(const struct tmt_symbols *symbols, const void *id, size_t bytes)
{
    const unsigned char *bits;
    GElf_Addr address;
    int size = dwfl_module_build_id(symbols->module, &bits, &address);

    return size > 0 && (size_t)size == bytes && memcmp(bits, id, bytes) == 0;
}

bool tmt_symbols_is_fixed(const struct tmt_symbols *symbols)
{
    return symbols->is_fixed;
}

/* On ARM libdwfl cuts the bit for Thumb off any symbol's address; of data it is a part of it. */
bool tmt_symbols_find(struct tmt_symbols *symbols, const char *name, uint64_t *address)
{
    int count = dwfl_module_getsymtab(symbols->module);

    for (int i = 1; i < count; ++i) {
        GElf_Sym symbol;
        GElf_Addr found;
        const char *its_name = dwfl_module_getsym_info(symbols->module, i, &symbol, &found, NULL,
                                                       NULL, NULL);

        if (its_name != NULL && symbol.st_shndx != SHN_UNDEF && strcmp(its_name, name) == 0) {
            *address = found - symbols->bias;
            if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
                *address |= symbol.st_value & 1;
            return true;
        }
    }
    return false;
}

/* Whether there is anything: for libdwfl a symbol without a size has no end. */
static bool is_loaded(struct tmt_symbols *symbols, uint64_t address)
{
    Elf *elf = dwfl_module_getelf(symbols->module, &symbols->bias);
    size_t count = 0;

    (void)elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count; ++i) {
        GElf_Phdr segment;

        if (gelf_getphdr(elf, (int)i, &segment) != NULL && segment.p_type == PT_LOAD &&
            address - segment.p_vaddr < segment.p_memsz)
            return true;
    }
    return false;
}

const char *tmt_symbols_name(struct tmt_symbols *symbols, uint64_t address)
{
    GElf_Off offset;
    GElf_Sym symbol;

    if (!is_loaded(symbols, address))
        return NULL;
    return dwfl_module_addrinfo(symbols->module, address + symbols->bias, &offset, &symbol, NULL,
                                NULL, NULL);
}

static const char *name_of(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;

    return dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));
}

static int number_of(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;

    return dwarf_formudata(dwarf_attr(die, name, &attribute), &value) == 0 ? (int)value : 0;
}

/* The file in which an inlined call stands: a number in its unit's list. */
static const char *call_file(Dwarf_Die *unit, int number)
{
    Dwarf_Files *files;
    size_t count;

    return dwarf_getsrcfiles(unit, &files, &count) == 0 && (size_t)number < count
               ? dwarf_filesrc(files, (size_t)number, NULL, NULL)
               : NULL;
}

static bool is_function(Dwarf_Die *scope)
{
    int tag = dwarf_tag(scope);

    return tag == DW_TAG_inlined_subroutine || tag == DW_TAG_subprogram;
}

/*
 * Whether a function is "inlined" into itself by no call of the source: gcc cut it in two, and this
 * is a part of it, called where the function's own name stands. One that calls itself does so
 * further on; on the same line that shows only if the compiler wrote columns down.
 */
static bool is_part(Dwarf_Die *scope, Dwarf_Die *end)
{
    const char *name = name_of(scope);
    Dwarf_Die *outer = scope + 1;
    int line;
    int column = 0;

    while (outer < end && !is_function(outer))
        ++outer;
    return outer < end && name != NULL && name_of(outer) != NULL &&
           strcmp(name, name_of(outer)) == 0 && dwarf_decl_line(scope, &line) == 0 &&
           line == number_of(scope, DW_AT_call_line) &&
           (dwarf_decl_column(scope, &column) != 0 ||
            column == number_of(scope, DW_AT_call_column));
}

/* The functions around an address, from the innermost scope outwards. */
static size_t visit_scopes(Dwarf_Die *unit, Dwarf_Addr address, struct tmt_symbol_frame frame,
                           tmt_symbol_fn *fn, void *user)
{
    Dwarf_Die *innermost = NULL;
    Dwarf_Die *scopes = NULL;
    size_t frames = 0;
    int count = dwarf_getscopes(unit, address, &innermost);

    if (count > 0)
        count = dwarf_getscopes_die(&innermost[0], &scopes);
    for (int i = 0; i < count; ++i) {
        if (!is_function(&scopes[i]) || is_part(&scopes[i], scopes + count))
            continue;
        frame.inlined = dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine;
        frame.function = name_of(&scopes[i]);
        fn(&frame, user);
        ++frames;
        if (!frame.inlined)
            break;
        frame.file = call_file(unit, number_of(&scopes[i], DW_AT_call_file));
        frame.line = number_of(&scopes[i], DW_AT_call_line);
    }
    free(scopes);    /* raw: libdw's, by malloc */
    free(innermost); /* raw: libdw's, by malloc */
    return frames;
}

/* By the table of addresses, which gcc writes; or unit by unit, as clang writes none. */
static Dwarf_Die *unit_of(Dwfl_Module *module, Dwarf_Addr address, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);

    if (unit != NULL)
        return unit;
    while ((unit = dwfl_module_nextcu(module, unit, bias)) != NULL)
        if (dwarf_haspc(unit, address - *bias) > 0)
            return unit;
    return NULL;
}

size_t tmt_symbols_at(struct tmt_symbols *symbols, uint64_t address, bool is_return,
                      tmt_symbol_fn *fn, void *user)
{
    struct tmt_symbol_frame frame = { NULL, NULL, 0, false };
    GElf_Addr wanted = (symbols->is_arm ? address & ~(uint64_t)1 : address) + symbols->bias -
                       is_return;
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = unit_of(symbols->module, wanted, &bias);
    Dwarf_Line *line = unit != NULL ? dwarf_getsrc_die(unit, wanted - bias) : NULL;
    size_t frames = 0;

    if (line != NULL) {
        frame.file = dwarf_linesrc(line, NULL, NULL);
        (void)dwarf_lineno(line, &frame.line);
    }
    if (unit != NULL)
        frames = visit_scopes(unit, wanted - bias, frame, fn, user);
    if (frames != 0)
        return frames;
    frame.function = dwfl_module_addrname(symbols->module, wanted);
    if (frame.function == NULL && frame.file == NULL)
        return 0;
    fn(&frame, user);
    return 1;
}
