/*
 * symbol/symbol.h: functions, files and lines of addresses in ELF files, inlined calls included,
 * for any machine, by elfutils' libdw.
 */
#ifndef TMT_SYMBOL_SYMBOL_H
#define TMT_SYMBOL_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tmt_symbols; /* one file, opened */

/*
 * Opens an ELF file and finds its debug information: its own, or by its build-id or debug link
 * below /usr/lib/debug.
 *   path      of the file; NULL or one that is gone: by build-id alone
 *   build_id  in hex digits, that it must have; NULL or "": any
 * Returns NULL when there is no such file; *why then says why, in words that stay.
 * tmt_symbols_close takes NULL.
 */
struct tmt_symbols *tmt_symbols_open(const char *path, const char *build_id, const char **why);
void tmt_symbols_close(struct tmt_symbols *symbols);

/* Whether it has that build-id, so many bytes. */
bool tmt_symbols_has_build_id(const struct tmt_symbols *symbols, const void *id, size_t bytes);
/* Whether it is loaded at the addresses that it names, as firmware is. */
bool tmt_symbols_is_fixed(const struct tmt_symbols *symbols);
/* The address of a symbol; false: it has none of that name. */
bool tmt_symbols_find(struct tmt_symbols *symbols, const char *name, uint64_t *address);
/* The symbol that an address lies in; NULL: none is known. */
const char *tmt_symbols_name(struct tmt_symbols *symbols, uint64_t address);

/*
 * One function that an address lies in. Texts live until the file is closed; NULL: not known.
 */
struct tmt_symbol_frame {
    const char *function;
    const char *file;
    int line;     /* 0: not known */
    bool inlined; /* the next one is the function that this one was inlined into */
};

/*
 * Calls fn for each function at an address of the file, the innermost first.
 *   address    as the file counts them; for ARM with or without the bit for Thumb
 *   is_return  it is a return address: the call before it is meant
 * Returns how many times; 0: nothing is known of that address.
 */
typedef void tmt_symbol_fn(const struct tmt_symbol_frame *frame, void *user);
size_t tmt_symbols_at(struct tmt_symbols *symbols, uint64_t address, bool is_return,
                      tmt_symbol_fn *fn, void *user);

#endif
