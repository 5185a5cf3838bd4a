/*
 * trackmem/adapters/hooks.h: what the adapters have in common. Private to them.
 *
 * Each adapter lets one library allocate through trackmem. The libraries' hooks are of two shapes,
 * and so are the adapters:
 *
 * - The hook carries a context (Lua, zlib, zstd, FreeType, PCRE2): a function takes the domain and
 *   gives what the library asks for. Different objects may have different domains.
 * - The hook carries none: TRACKMEM_<LIBRARY>_DEFINE(name, domain) defines the hooks of a domain
 *   and, under that name, what hands them to the library. domain is an expression, evaluated at
 *   each allocation: the address of a domain; NULL, which is the process; or, say,
 *   trackmem_domain_current(), the domain that the calling thread pushed.
 *
 * In both a block that the library resizes keeps its domain; blocks are of the family trackmem, so
 * that what the library hands over for the caller to free may also go to trackmem_free; and any
 * thread may use the hooks. The opening comment of each adapter says when it must be called, who
 * owns what, what a refused allocation leads to, and what of the library's memory it does not see.
 */
#ifndef TRACKMEM_ADAPTERS_HOOKS_H
#define TRACKMEM_ADAPTERS_HOOKS_H

#include "trackmem/text.h"
#include "trackmem/trackmem.h"

#ifdef __cplusplus
#define TRACKMEM_HOOK_AS_(type, value) static_cast<type>(value)
#else
#define TRACKMEM_HOOK_AS_(type, value) ((type)(value))
#endif

/*
 * The hooks that most libraries share, as static functions name_malloc_, name_calloc_ and so on;
 * their call site is the line of the DEFINE macro. An allocation of size 0 gives a block. The
 * parameters end in _ so that they do not hide what the domain's expression names.
 */
#define TRACKMEM_HOOK_MALLOC_(name, domain)       \
    static void *name##_malloc_(size_t size_)     \
    {                                             \
        return trackmem_malloc_in(domain, size_); \
    }

#define TRACKMEM_HOOK_CALLOC_(name, domain)                  \
    static void *name##_calloc_(size_t count_, size_t size_) \
    {                                                        \
        return trackmem_calloc_in(domain, count_, size_);    \
    }

#define TRACKMEM_HOOK_REALLOC_(name, domain)               \
    static void *name##_realloc_(void *ptr_, size_t size_) \
    {                                                      \
        return trackmem_realloc_in(domain, ptr_, size_);   \
    }

#define TRACKMEM_HOOK_STRDUP_(name, domain)        \
    static char *name##_strdup_(const char *text_) \
    {                                              \
        return trackmem_strdup_in(domain, text_);  \
    }

#define TRACKMEM_HOOK_FREE_(name)        \
    static void name##_free_(void *ptr_) \
    {                                    \
        trackmem_free(ptr_);             \
    }

/* Ends such a macro, and takes the semicolon that the user writes after it. */
#define TRACKMEM_HOOK_END_ struct trackmem_domain

#endif
