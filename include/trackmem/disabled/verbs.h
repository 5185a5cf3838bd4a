/*
 * trackmem/disabled/verbs.h: the verbs of trackmem.h where TRACKMEM_DISABLE is defined: the C
 * library's. Private to trackmem.h, where the contract stands.
 *
 * What differs: sites and domains are ignored; misuse is not seen; trackmem_size gives what the C
 * library knows, which may be more than was asked for, and takes plain blocks only; realloc keeps
 * an alignment that is greater than the one asked for up to a page.
 */
#ifndef TRACKMEM_DISABLED_VERBS_H
#define TRACKMEM_DISABLED_VERBS_H

#include <stdlib.h>
#include <string.h>

/* Linux has malloc_usable_size; so has newlib. Elsewhere an aligned block has a head of its own. */
#if defined(_WIN32) || defined(__linux__) || defined(__NEWLIB__)
#include <malloc.h>
#endif

#ifdef __cplusplus
#define TRACKMEM_OFF_AS_(type, value) static_cast<type>(value)
#define TRACKMEM_OFF_ADDRESS_(ptr)    reinterpret_cast<uintptr_t>(ptr)
extern "C" {
#else
#define TRACKMEM_OFF_AS_(type, value) ((type)(value))
#define TRACKMEM_OFF_ADDRESS_(ptr)    ((uintptr_t)(ptr))
#endif

/* Takes arguments that do nothing here. */
#define TRACKMEM_OFF_IGNORE_(value) TRACKMEM_OFF_AS_(void, value)

/* These give a block of its own for size 0; others may give NULL. */
#if defined(__linux__) || defined(_WIN32) || defined(__NEWLIB__)
#define TRACKMEM_OFF_SIZE_(size) (size)
#else
#define TRACKMEM_OFF_SIZE_(size) ((size) != 0 ? (size) : 1)
#endif

TRACKMEM_API const char *trackmem_status_text(enum trackmem_status status)
{
    switch (status) {
    case TRACKMEM_OK: return "no error";
    case TRACKMEM_OUT_OF_MEMORY: return "out of memory";
    case TRACKMEM_INVALID: return "invalid argument";
    case TRACKMEM_NOT_FOUND: return "not found";
    case TRACKMEM_NOT_OURS: return "not a live block of trackmem";
    case TRACKMEM_BUSY: return "not in this state";
    case TRACKMEM_IO_ERROR: return "could not be written";
    case TRACKMEM_UNSUPPORTED: return "not with TRACKMEM_DISABLE";
    }
    return "unknown status";
}

TRACKMEM_API struct trackmem_site *trackmem_site_at(const char *file, unsigned line,
                                                    const char *function,
                                                    struct trackmem_domain *domain)
{
    TRACKMEM_OFF_IGNORE_(file);
    TRACKMEM_OFF_IGNORE_(line);
    TRACKMEM_OFF_IGNORE_(function);
    TRACKMEM_OFF_IGNORE_(domain);
    return NULL;
}

/* The product; false when it overflows. */
TRACKMEM_API int trackmem_off_multiply_(size_t count, size_t size, size_t *product)
{
#if defined(__GNUC__)
    return !__builtin_mul_overflow(count, size, product);
#else
    *product = count * size;
    return size == 0 || count <= SIZE_MAX / size;
#endif
}

TRACKMEM_API void trackmem_free(void *ptr)
{
    free(ptr);
}

TRACKMEM_API void *trackmem_malloc(size_t size)
{
    return malloc(TRACKMEM_OFF_SIZE_(size));
}

TRACKMEM_API void *trackmem_calloc(size_t count, size_t size)
{
    return calloc(TRACKMEM_OFF_SIZE_(count), TRACKMEM_OFF_SIZE_(size));
}

/* realloc(ptr, 0) frees in some C libraries. */
TRACKMEM_API void *trackmem_realloc(void *ptr, size_t size)
{
    return realloc(ptr, size != 0 ? size : 1);
}

TRACKMEM_API void *trackmem_reallocarray(void *ptr, size_t count, size_t size)
{
    size_t bytes;

    return trackmem_off_multiply_(count, size, &bytes) ? trackmem_realloc(ptr, bytes) : NULL;
}

TRACKMEM_API void *trackmem_memdup(const void *source, size_t size)
{
    void *block = trackmem_malloc(size);

    if (block != NULL && source != NULL)
        memcpy(block, source, size);
    return block;
}

/*
 * Aligned blocks. An alignment above this is not kept by a resize that asks for less: whether it
 * was asked for once, an address does not tell.
 */
#define TRACKMEM_OFF_KEPT_ALIGNMENT_ 4096u

TRACKMEM_API int trackmem_off_alignment_ok_(size_t alignment)
{
    return alignment != 0 && (alignment & (alignment - 1)) == 0;
}

#if defined(__linux__) || defined(__NEWLIB__)
/* C11 wants a multiple of the alignment, and AddressSanitizer insists. */
TRACKMEM_API void *trackmem_aligned_alloc(size_t alignment, size_t size)
{
    size_t rounded = (size + alignment - 1) & ~(alignment - 1);

    return trackmem_off_alignment_ok_(alignment) && rounded >= size
               ? aligned_alloc(alignment, rounded)
               : NULL;
}

TRACKMEM_API void trackmem_aligned_free(void *ptr)
{
    free(ptr);
}

TRACKMEM_API size_t trackmem_off_aligned_size_(void *ptr)
{
    return malloc_usable_size(ptr);
}

TRACKMEM_API size_t trackmem_off_alignment_of_(void *ptr)
{
    uintptr_t address = TRACKMEM_OFF_ADDRESS_(ptr) | TRACKMEM_OFF_KEPT_ALIGNMENT_;

    return TRACKMEM_OFF_AS_(size_t, address & (~address + 1));
}
#else
/* | span ... | head | block: the head remembers what the C library's pairs do not tell. */
struct trackmem_off_head_ {
    void *span;
    size_t size;
    size_t alignment;
};

TRACKMEM_API void *trackmem_aligned_alloc(size_t alignment, size_t size)
{
    size_t extra = alignment + sizeof(struct trackmem_off_head_);
    struct trackmem_off_head_ head;
    char *block;

    if (!trackmem_off_alignment_ok_(alignment) || extra < alignment || size > SIZE_MAX - extra)
        return NULL;
    head.span = malloc(size + extra);
    head.size = size;
    head.alignment = alignment;
    if (head.span == NULL)
        return NULL;
    block = TRACKMEM_OFF_AS_(char *, head.span) + extra;
    block -= TRACKMEM_OFF_ADDRESS_(block) & (alignment - 1);
    memcpy(block - sizeof head, &head, sizeof head);
    return block;
}

TRACKMEM_API struct trackmem_off_head_ trackmem_off_head_of_(void *ptr)
{
    struct trackmem_off_head_ head;

    memcpy(&head, TRACKMEM_OFF_AS_(char *, ptr) - sizeof head, sizeof head);
    return head;
}

TRACKMEM_API void trackmem_aligned_free(void *ptr)
{
    if (ptr != NULL)
        free(trackmem_off_head_of_(ptr).span);
}

TRACKMEM_API size_t trackmem_off_aligned_size_(void *ptr)
{
    return trackmem_off_head_of_(ptr).size;
}

TRACKMEM_API size_t trackmem_off_alignment_of_(void *ptr)
{
    return trackmem_off_head_of_(ptr).alignment;
}
#endif

TRACKMEM_API void *trackmem_aligned_realloc(void *ptr, size_t alignment, size_t size)
{
    size_t kept;
    void *moved;

    if (ptr == NULL || !trackmem_off_alignment_ok_(alignment))
        return trackmem_aligned_alloc(alignment, size);
    kept = trackmem_off_alignment_of_(ptr);
    moved = trackmem_aligned_alloc(kept > alignment ? kept : alignment, size);
    if (moved != NULL) {
        kept = trackmem_off_aligned_size_(ptr);
        memcpy(moved, ptr, kept < size ? kept : size);
        trackmem_aligned_free(ptr);
    }
    return moved;
}

TRACKMEM_API size_t trackmem_size(const void *ptr)
{
    union {
        const void *ptr;
        void *block;
    } plain;

    plain.ptr = ptr;
#if defined(_WIN32)
    return ptr != NULL ? _msize(plain.block) : 0;
#elif defined(__linux__) || defined(__NEWLIB__)
    return malloc_usable_size(plain.block);
#else
    return 0;
#endif
}

TRACKMEM_API void *trackmem_libc_malloc(size_t size)
{
    return malloc(size);
}

TRACKMEM_API void *trackmem_libc_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

TRACKMEM_API void *trackmem_libc_realloc(void *ptr, size_t size)
{
    return realloc(ptr, size);
}

TRACKMEM_API void trackmem_libc_free(void *ptr)
{
    free(ptr);
}

TRACKMEM_API char *trackmem_libc_strdup(const char *text)
{
    return TRACKMEM_OFF_AS_(char *, trackmem_memdup(text, strlen(text) + 1));
}

/* The C library's blocks are ours. */
TRACKMEM_API enum trackmem_status trackmem_adopt(void *ptr, size_t size)
{
    TRACKMEM_OFF_IGNORE_(size);
    return ptr != NULL ? TRACKMEM_OK : TRACKMEM_INVALID;
}

TRACKMEM_API void *trackmem_export(void *ptr)
{
    return ptr;
}

TRACKMEM_API void trackmem_trim(void)
{
}

/* The forms that name a site, a domain, or both. */

TRACKMEM_API void trackmem_free_at(struct trackmem_site *site, void *ptr)
{
    TRACKMEM_OFF_IGNORE_(site);
    trackmem_free(ptr);
}

TRACKMEM_API void trackmem_free_sized(void *ptr, size_t size)
{
    TRACKMEM_OFF_IGNORE_(size);
    free(ptr);
}

TRACKMEM_API void trackmem_free_sized_at(struct trackmem_site *site, void *ptr, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    trackmem_free_sized(ptr, size);
}

TRACKMEM_API void trackmem_aligned_free_at(struct trackmem_site *site, void *ptr)
{
    TRACKMEM_OFF_IGNORE_(site);
    trackmem_aligned_free(ptr);
}

TRACKMEM_API void *trackmem_malloc_at(struct trackmem_site *site, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_malloc(size);
}

TRACKMEM_API void *trackmem_malloc_in(struct trackmem_domain *domain, size_t size)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_malloc(size);
}

TRACKMEM_API void *trackmem_malloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_malloc(size);
}

TRACKMEM_API void *trackmem_calloc_at(struct trackmem_site *site, size_t count, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_calloc(count, size);
}

TRACKMEM_API void *trackmem_calloc_in(struct trackmem_domain *domain, size_t count, size_t size)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_calloc(count, size);
}

TRACKMEM_API void *trackmem_calloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         size_t count, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_calloc(count, size);
}

TRACKMEM_API void *trackmem_realloc_at(struct trackmem_site *site, void *ptr, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_realloc(ptr, size);
}

TRACKMEM_API void *trackmem_realloc_in(struct trackmem_domain *domain, void *ptr, size_t size)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_realloc(ptr, size);
}

TRACKMEM_API void *trackmem_realloc_in_at(struct trackmem_site *site,
                                          struct trackmem_domain *domain, void *ptr, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_realloc(ptr, size);
}

TRACKMEM_API void *trackmem_reallocarray_at(struct trackmem_site *site, void *ptr, size_t count,
                                            size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_reallocarray(ptr, count, size);
}

TRACKMEM_API void *trackmem_reallocarray_in(struct trackmem_domain *domain, void *ptr, size_t count,
                                            size_t size)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_reallocarray(ptr, count, size);
}

TRACKMEM_API void *trackmem_reallocarray_in_at(struct trackmem_site *site,
                                               struct trackmem_domain *domain, void *ptr,
                                               size_t count, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_reallocarray(ptr, count, size);
}

TRACKMEM_API void *trackmem_aligned_alloc_at(struct trackmem_site *site, size_t alignment,
                                             size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_aligned_alloc(alignment, size);
}

TRACKMEM_API void *trackmem_aligned_alloc_in(struct trackmem_domain *domain, size_t alignment,
                                             size_t size)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_aligned_alloc(alignment, size);
}

TRACKMEM_API void *trackmem_aligned_alloc_in_at(struct trackmem_site *site,
                                                struct trackmem_domain *domain, size_t alignment,
                                                size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_aligned_alloc(alignment, size);
}

TRACKMEM_API void *trackmem_aligned_realloc_at(struct trackmem_site *site, void *ptr,
                                               size_t alignment, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_aligned_realloc(ptr, alignment, size);
}

TRACKMEM_API void *trackmem_aligned_realloc_in(struct trackmem_domain *domain, void *ptr,
                                               size_t alignment, size_t size)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_aligned_realloc(ptr, alignment, size);
}

TRACKMEM_API void *trackmem_aligned_realloc_in_at(struct trackmem_site *site,
                                                  struct trackmem_domain *domain, void *ptr,
                                                  size_t alignment, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_aligned_realloc(ptr, alignment, size);
}

TRACKMEM_API void *trackmem_memdup_at(struct trackmem_site *site, const void *source, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_memdup(source, size);
}

TRACKMEM_API void *trackmem_memdup_in(struct trackmem_domain *domain, const void *source,
                                      size_t size)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_memdup(source, size);
}

TRACKMEM_API void *trackmem_memdup_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         const void *source, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_memdup(source, size);
}

TRACKMEM_API enum trackmem_status trackmem_adopt_at(struct trackmem_site *site, void *ptr,
                                                    size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_adopt(ptr, size);
}

TRACKMEM_API void *trackmem_export_at(struct trackmem_site *site, void *ptr)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_export(ptr);
}

#ifdef __cplusplus
}
#endif

#endif
