/*
 * trackmem/mesa.h: the names that Mesa's sources already use, with their exact arity, in place of
 * util/u_memory.h and util/os_memory.h: a file joins by its include, and no line of it changes.
 *
 * What differs from those headers:
 *   - Plain and aligned blocks are of different families on every system, not on Windows only.
 *   - A failed REALLOC or align_realloc leaves the old block as it was; u_memory.h's align_realloc
 *     frees it. REALLOC to size 0 leaves a block of size 0.
 *   - CALLOC and CALLOC_VARIANT_LENGTH_STRUCT fail where their product or sum overflows.
 *
 * One process, one meaning of each name: FREE of one header on what MALLOC of another made has
 * corrupted heaps. So a macro of the same name that stands already is an error here; one that comes
 * later is warned of by the compiler ("MALLOC" redefined).
 */
#ifndef TRACKMEM_MESA_H
#define TRACKMEM_MESA_H

#if defined(MALLOC) || defined(CALLOC) || defined(FREE) || defined(REALLOC) ||       \
    defined(MALLOC_STRUCT) || defined(CALLOC_STRUCT) || defined(MALLOC_STRUCT_CL) || \
    defined(CALLOC_STRUCT_CL) || defined(FREE_CL) || defined(CALLOC_VARIANT_LENGTH_STRUCT)
#error "MALLOC, FREE or one of their kin is a macro already (util/u_memory.h, imports.h?): \
include trackmem/mesa.h in its place, in this file and in the headers that it includes"
#endif
#if defined(align_malloc) || defined(align_calloc) || defined(align_free) || \
    defined(align_realloc) || defined(mem_dup)
#error "align_malloc, mem_dup or one of their kin is a macro already (util/u_memory.h?): \
include trackmem/mesa.h in its place, in this file and in the headers that it includes"
#endif
#if defined(STRDUP) || defined(STRNDUP) || defined(ASPRINTF) || defined(VASPRINTF)
#error "STRDUP or one of its kin is a macro already: rename that one, or include trackmem/mesa.h \
in place of its header"
#endif
#if defined(debug_memory_begin) || defined(debug_memory_end) || defined(debug_memory_tag) || \
    defined(debug_memory_check) || defined(debug_memory_check_block)
#error \
    "debug_memory_begin or one of its kin is a macro already: include trackmem/mesa.h in place \
of util/os_memory_debug.h"
#endif

#include <string.h>

#include "trackmem/observe.h"
#include "trackmem/text.h"

/* What the `_CL` names align to: a cache line of most machines. */
#ifndef TRACKMEM_MESA_CACHE_LINE
#define TRACKMEM_MESA_CACHE_LINE 64
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opens a leak window; see debug_memory_end.
 * Returns its number; 0 when there is no memory for it, or 16 are open already.
 */
TRACKMEM_API unsigned long trackmem_mesa_begin(void);

/*
 * Ends a leak window: what any thread allocated since its begin and is alive is reported, by call
 * site, as misuse of kind "window-leak". 0, and a number that is not open, do nothing.
 */
TRACKMEM_API void trackmem_mesa_end_at(struct trackmem_site *site, unsigned long start);

/*
 * Tags a live block: from now on it is charged to a domain "tag N" below its own, so that reports
 * and leak windows show it apart. A second tag takes the place of the first.
 */
TRACKMEM_API void trackmem_mesa_tag_at(struct trackmem_site *site, void *ptr, unsigned tag);

/*
 * Verifies every block, as trackmem_check_all does; without check mode the header of every large
 * block (64 KiB and more) and of those at a page's start: the ones that stand in a table, and then
 * no thread may allocate, resize or free meanwhile. Damage is reported as misuse.
 */
TRACKMEM_API void trackmem_mesa_check_at(struct trackmem_site *site);

#ifdef __cplusplus
}
#endif

#ifdef TRACKMEM_DISABLE
#include "trackmem/disabled/mesa.h"
#endif

#define MALLOC(size)        trackmem_malloc(size)
#define CALLOC(count, size) trackmem_calloc(count, size)
#define FREE(ptr)           trackmem_free(ptr)
/* The old size is evaluated, as ever, and not needed. */
#define REALLOC(ptr, old_size, size) trackmem_realloc(ptr, (size) + 0 * (old_size))

#define MALLOC_STRUCT(T) ((struct T *)MALLOC(sizeof(struct T)))
#define CALLOC_STRUCT(T) ((struct T *)CALLOC(1, sizeof(struct T)))
#define CALLOC_VARIANT_LENGTH_STRUCT(T, more) \
    ((struct T *)trackmem_mesa_calloc_more_at_(TRACKMEM_SITE, sizeof(struct T), more))

#define align_malloc(size, alignment) trackmem_aligned_alloc(alignment, size)
#define align_calloc(size, alignment) trackmem_mesa_align_calloc_at_(TRACKMEM_SITE, size, alignment)
#define align_free(ptr)               trackmem_aligned_free(ptr)
#define align_realloc(ptr, old_size, new_size, alignment) \
    trackmem_aligned_realloc(ptr, alignment, (new_size) + 0 * (old_size))

#define MALLOC_STRUCT_CL(T) ((struct T *)align_malloc(sizeof(struct T), TRACKMEM_MESA_CACHE_LINE))
#define CALLOC_STRUCT_CL(T) ((struct T *)align_calloc(sizeof(struct T), TRACKMEM_MESA_CACHE_LINE))
#define FREE_CL(ptr)        align_free(ptr)

#define mem_dup(source, size)             trackmem_memdup(source, size)
#define STRDUP(text)                      trackmem_strdup(text)
#define STRNDUP(text, length)             trackmem_strndup(text, length)
#define ASPRINTF(...)                     trackmem_asprintf(__VA_ARGS__)
#define VASPRINTF(out, format, arguments) trackmem_vasprintf(out, format, arguments)

#define debug_memory_begin()          trackmem_mesa_begin()
#define debug_memory_end(start)       trackmem_mesa_end_at(TRACKMEM_SITE, start)
#define debug_memory_tag(ptr, tag)    trackmem_mesa_tag_at(TRACKMEM_SITE, ptr, tag)
#define debug_memory_check_block(ptr) ((void)trackmem_check(ptr))
#define debug_memory_check()          trackmem_mesa_check_at(TRACKMEM_SITE)

/* For the macros above. */
static inline void *trackmem_mesa_calloc_more_at_(struct trackmem_site *site, size_t size,
                                                  size_t more)
{
    return trackmem_calloc_at(site, 1, more <= SIZE_MAX - size ? size + more : SIZE_MAX);
}

static inline void *trackmem_mesa_align_calloc_at_(struct trackmem_site *site, size_t size,
                                                   size_t alignment)
{
    void *block = trackmem_aligned_alloc_at(site, alignment, size);

    if (block != NULL)
        memset(block, 0, size);
    return block;
}

#endif
