/*
 * trackmem/redirect.h: for a file that cannot be touched: from here on, its malloc and free are
 * trackmem's. The last include before its code, or put before it from outside:
 *
 *     cc -include all_its_headers.h -include trackmem/redirect.h -c theirs.c
 *
 * The names become macros without parameters, so that addresses (`.destroy = free`) follow as well
 * as calls (of aligned names and wcsdup only calls do), and call sites are the file's own. Aligned
 * blocks are of the plain family here, since such a file frees them with free. unban.h, or ban.h,
 * ends it.
 *
 * What it cannot do; prefer the verbs themselves, or mesa.h, wherever the file may be changed:
 *   - Memory that crosses the file's border. What the C library or others allocated (getline,
 *     realpath, a reply of xcb) and this file frees is a foreign pointer; what this file allocates
 *     and others free reaches the C library's free, which ends the program. Such calls must be
 *     named: trackmem_libc_free(reply), trackmem_export(text).
 *   - Calls of members and methods of these names no longer compile (`pool->free(ptr)`), and in C++
 *     std::malloc does not either. Both are errors, never silent.
 *   - Headers that follow it and declare the C library's functions do not compile.
 *   - malloc_usable_size (Windows: _msize) gives the size that was asked for, no more. Its address
 *     is that of trackmem_size, which takes `const void *`: for a pointer to a function that takes
 *     `void *`, C warns and C++ does not compile.
 *   - realloc(ptr, 0) leaves a block of size 0, as trackmem_realloc does; glibc's would free.
 *   - C++: new and delete are left alone.
 * Each of these has a test in tests/ban.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#if defined(__linux__) || defined(_WIN32)
#include <malloc.h>
#endif
#ifdef __cplusplus
#include <cstdlib>
#endif

#include "trackmem/family.h"
#include "trackmem/text.h"

#ifndef TRACKMEM_REDIRECT_H
#define TRACKMEM_REDIRECT_H

#ifdef __cplusplus
#define TRACKMEM_REDIRECT_CAST_(T, value) static_cast<T>(value)
#else
#define TRACKMEM_REDIRECT_CAST_(T, value) ((T)(value))
#endif

/* The largest page in use: what valloc promises, whatever the page. */
#define TRACKMEM_REDIRECT_PAGE_ ((size_t)65536)

static inline void *trackmem_redirect_align_at_(struct trackmem_site *site, size_t alignment,
                                                size_t size)
{
    return trackmem_family_malloc_at(site, TRACKMEM_FAMILY_PLAIN, NULL, alignment, size);
}

static inline int trackmem_redirect_memalign_at_(struct trackmem_site *site, void **out,
                                                 size_t alignment, size_t size)
{
    void *block = NULL;

    if (alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment % sizeof(void *) != 0)
        return 22; /* EINVAL */
    block = trackmem_redirect_align_at_(site, alignment, size);
    if (block == NULL)
        return 12; /* ENOMEM */
    *out = block;
    return 0;
}

static inline wchar_t *trackmem_redirect_wcsdup_at_(struct trackmem_site *site, const wchar_t *text)
{
    void *copy = trackmem_memdup_at(site, text, (wcslen(text) + 1) * sizeof *text);

    return TRACKMEM_REDIRECT_CAST_(wchar_t *, copy);
}

#endif

#define TRACKMEM_BANNED_UNDEFINE
#include "trackmem/banned.def"
#undef TRACKMEM_BANNED_UNDEFINE

/* An address of these is that of a function of the same meaning. */
#define malloc    trackmem_malloc
#define calloc    trackmem_calloc
#define realloc   trackmem_realloc
#define free      trackmem_free
#define strdup    trackmem_strdup
#define asprintf  trackmem_asprintf
#define vasprintf trackmem_vasprintf
#if defined(_WIN32)
#define _strdup trackmem_strdup
/* What has no counterpart must not compile: its blocks would meet the wrong free. */
#define _recalloc                _recalloc_has_no_redirection
#define _aligned_recalloc        _aligned_recalloc_has_no_redirection
#define _aligned_offset_malloc   _aligned_offset_malloc_has_no_redirection
#define _aligned_offset_realloc  _aligned_offset_realloc_has_no_redirection
#define _aligned_offset_recalloc _aligned_offset_recalloc_has_no_redirection
#define _aligned_free            trackmem_aligned_free
#define _msize                   trackmem_size
#else
#define reallocarray       trackmem_reallocarray
#define strndup            trackmem_strndup
#define malloc_usable_size trackmem_size
#endif

/* These follow where they are called; their address stays that of the C library's. */
#define wcsdup(text) trackmem_redirect_wcsdup_at_(TRACKMEM_SITE, text)
#if defined(_WIN32)
#define _wcsdup(text)                          trackmem_redirect_wcsdup_at_(TRACKMEM_SITE, text)
#define _aligned_malloc(size, alignment)       trackmem_aligned_alloc(alignment, size)
#define _aligned_realloc(ptr, size, alignment) trackmem_aligned_realloc(ptr, alignment, size)
#define _aligned_msize(ptr, alignment, offset) \
    ((void)(alignment), (void)(offset), trackmem_size(ptr))
#else
#define posix_memalign(out, alignment, size) \
    trackmem_redirect_memalign_at_(TRACKMEM_SITE, out, alignment, size)
#define aligned_alloc(alignment, size) trackmem_redirect_align_at_(TRACKMEM_SITE, alignment, size)
#define memalign(alignment, size)      trackmem_redirect_align_at_(TRACKMEM_SITE, alignment, size)
#define valloc(size)                   memalign(TRACKMEM_REDIRECT_PAGE_, size)
#endif
