/*
 * trackmem/plugin.h: for programs that exchange blocks with modules which they load at run time.
 *
 * What the linker refuses within one program or module (objects built with and without
 * TRACKMEM_DISABLE), the loader refuses between these two: the program offers a symbol for its
 * mode, the module needs that of its own, and where they differ dlopen fails and names it.
 *
 *     TRACKMEM_HOSTS_PLUGINS;      in one file of the program, at file scope
 *     TRACKMEM_IS_PLUGIN;          in one file of each module
 *
 * The program must export its symbols to modules (-rdynamic, or
 * -Wl,--export-dynamic-symbol=*trackmem_error_*). Modules that free only what they allocated
 * themselves need none of this: they may be of either mode in any program.
 *
 * ELF only: elsewhere a module names the library that each of its symbols comes from, and the two
 * macros declare nothing.
 */
#ifndef TRACKMEM_PLUGIN_H
#define TRACKMEM_PLUGIN_H

#include "trackmem/trackmem.h"

#ifdef TRACKMEM_DISABLE
#define TRACKMEM_HOST_SYMBOL_ trackmem_error_plugin_with_TRACKMEM_DISABLE_in_a_program_without_it
#else
#define TRACKMEM_HOST_SYMBOL_ trackmem_error_plugin_without_TRACKMEM_DISABLE_in_a_program_with_it
#endif

#ifdef __cplusplus
#define TRACKMEM_PLUGIN_C_ extern "C"
#else
#define TRACKMEM_PLUGIN_C_ extern
#endif

#if defined(__ELF__)
#define TRACKMEM_HOSTS_PLUGINS                                    \
    TRACKMEM_PLUGIN_C_ __attribute__((__visibility__("default"))) \
    const char TRACKMEM_PREFIXED_(TRACKMEM_HOST_SYMBOL_);         \
    __attribute__((__used__)) const char TRACKMEM_PREFIXED_(TRACKMEM_HOST_SYMBOL_) = 1
#define TRACKMEM_IS_PLUGIN                                                     \
    TRACKMEM_PLUGIN_C_ const char TRACKMEM_PREFIXED_(TRACKMEM_HOST_SYMBOL_);   \
    __attribute__((__used__)) static const char *const trackmem_plugin_host_ = \
        &TRACKMEM_PREFIXED_(TRACKMEM_HOST_SYMBOL_)
#else
#define TRACKMEM_HOSTS_PLUGINS struct trackmem_domain
#define TRACKMEM_IS_PLUGIN     struct trackmem_domain
#endif

#endif
