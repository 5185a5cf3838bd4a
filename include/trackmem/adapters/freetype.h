/*
 * trackmem/adapters/freetype.h: lets FreeType allocate through trackmem, each library object in its
 * own domain.
 * pkg-config: freetype2
 *
 *     TRACKMEM_DEFINE_DOMAIN(fonts, "freetype", NULL);
 *     ...
 *     static struct FT_MemoryRec_ memory;
 *     memory = trackmem_freetype_memory(&fonts);
 *     if (FT_New_Library(&memory, &library) == 0) {
 *         FT_Add_Default_Modules(library);
 *         FT_Set_Default_Properties(library);
 *     }
 *
 * When:       for each library object, in place of FT_Init_FreeType, with the calls above; at the
 *             end FT_Done_Library in place of FT_Done_FreeType, which frees the FT_Memory.
 * Ownership:  the FT_MemoryRec_ is the caller's and outlives the library object. All else belongs
 *             to the library, its faces and glyphs, until their FT_Done.
 * Failure:    FT_Err_Out_Of_Memory. FT_Add_Default_Modules tells nobody: then modules are missing,
 *             and faces of their formats are FT_Err_Unknown_File_Format. 2.12 crashes where it is
 *             refused the state that runs a TrueType font's own hints.
 * Threads:    as FreeType: a library object is one thread's at a time.
 * Not seen:   the font file, which FT_New_Face maps; libpng, brotli and HarfBuzz, where FreeType
 *             was built with them.
 */
#ifndef TRACKMEM_ADAPTERS_FREETYPE_H
#define TRACKMEM_ADAPTERS_FREETYPE_H

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_MODULE_H

#include "trackmem/adapters/hooks.h"

#ifdef __cplusplus
extern "C" {
#endif

/* FreeType gives sizes as long, checked to be positive, and resizes to 0 by its free. */
static inline void *trackmem_freetype_alloc_(FT_Memory memory, long size)
{
    return trackmem_malloc_in(TRACKMEM_HOOK_AS_(struct trackmem_domain *, memory->user),
                              TRACKMEM_HOOK_AS_(size_t, size));
}

static inline void *trackmem_freetype_realloc_(FT_Memory memory, long old_size, long new_size,
                                               void *ptr)
{
    TRACKMEM_HOOK_AS_(void, old_size);
    return trackmem_realloc_in(TRACKMEM_HOOK_AS_(struct trackmem_domain *, memory->user), ptr,
                               TRACKMEM_HOOK_AS_(size_t, new_size));
}

static inline void trackmem_freetype_free_(FT_Memory memory, void *ptr)
{
    TRACKMEM_HOOK_AS_(void, memory);
    trackmem_free(ptr);
}

/*
 * What FT_New_Library takes the address of.
 *   domain  outlives the library object, or NULL for the process
 */
static inline struct FT_MemoryRec_ trackmem_freetype_memory(struct trackmem_domain *domain)
{
    struct FT_MemoryRec_ memory = { NULL, trackmem_freetype_alloc_, trackmem_freetype_free_,
                                    trackmem_freetype_realloc_ };

    memory.user = domain;
    return memory;
}

#ifdef __cplusplus
}
#endif

#endif
