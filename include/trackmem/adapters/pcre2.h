/*
 * trackmem/adapters/pcre2.h: lets PCRE2 allocate through trackmem, each general context in its own
 * domain.
 * pkg-config: libpcre2-8
 *
 *     TRACKMEM_DEFINE_DOMAIN(patterns, "pcre2", NULL);
 *     ...
 *     pcre2_general_context *general = trackmem_pcre2_context(&patterns);
 *     pcre2_compile_context *compiling = pcre2_compile_context_create(general);
 *     pcre2_code *code = pcre2_compile(..., compiling);
 *     pcre2_match_data *found = pcre2_match_data_create_from_pattern(code, NULL);
 *
 * When:       first; then whatever takes a general context (or a context made from one), and is
 *             given NULL elsewhere, is given this one. Match data made from a pattern inherit its.
 * Ownership:  the context is the caller's, freed by pcre2_general_context_free; it need not outlive
 *             what was made from it. Substrings are freed by pcre2_substring_free.
 * Failure:    the create functions give NULL; pcre2_compile PCRE2_ERROR_HEAP_FAILED, pcre2_match
 *             and pcre2_jit_compile PCRE2_ERROR_NOMEMORY.
 * Threads:    any, several at once.
 * Not seen:   machine code of pcre2_jit_compile and JIT stacks, which are mapped; the POSIX
 *             functions (regcomp), which call malloc.
 */
#ifndef TRACKMEM_ADAPTERS_PCRE2_H
#define TRACKMEM_ADAPTERS_PCRE2_H

/* PCRE2 asks that its code unit's width in bits be set before its header: bytes, if it is not. */
#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>

#include "trackmem/adapters/hooks.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What pcre2_general_context_create takes (with a width of 0: pcre2_general_context_create_8, _16
 * or _32), beside the domain as memory_data.
 */
static inline void *trackmem_pcre2_malloc(PCRE2_SIZE size, void *domain)
{
    return trackmem_malloc_in(TRACKMEM_HOOK_AS_(struct trackmem_domain *, domain), size);
}

static inline void trackmem_pcre2_free(void *ptr, void *domain)
{
    TRACKMEM_HOOK_AS_(void, domain);
    trackmem_free(ptr);
}

#if PCRE2_CODE_UNIT_WIDTH != 0
/*
 * Creates a general context.
 *   domain  outlives all that is made from it, or NULL for the process
 * Returns NULL when there is no memory.
 */
static inline pcre2_general_context *trackmem_pcre2_context(struct trackmem_domain *domain)
{
    return pcre2_general_context_create(trackmem_pcre2_malloc, trackmem_pcre2_free, domain);
}
#endif

#ifdef __cplusplus
}
#endif

#endif
