/*
 * base/resolver.h: what the library and libtrackmem-symbols, a library of its own that is loaded on
 * request (option symbols=inprocess), agree on. The latter depends on libdw, the former must not.
 */
#ifndef TMI_BASE_RESOLVER_H
#define TMI_BASE_RESOLVER_H

#include "base/text.h"

/*
 * Hands a text report on, in parts, with functions and lines in place of modules and addresses;
 * what is not known stays as it is. May call malloc, so not from a signal's handler.
 *   text  ended by NUL
 * Returns whether `write` took all parts. One call at a time.
 */
typedef bool tmi_resolver_fn(const char *text, tmi_text_flush_fn *write, void *user);

/* The number changes with the type above. */
#define TMI_RESOLVER_FILE     "libtrackmem-symbols.so.0"
#define TMI_RESOLVER_FUNCTION "trackmem_symbols_resolve_1"

#endif
