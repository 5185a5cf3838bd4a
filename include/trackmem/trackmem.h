/*
 * trackmem/trackmem.h: allocate, resize, free, inspect.
 *
 * Safe to include in headers: it overrides no name of the C library. Freestanding.
 *
 * Every verb is a macro that notes the call site, and a function of the same name for function
 * pointers (`.destroy = trackmem_free`), where the return address stands in for the site. The
 * `_at` forms take the site as an argument: wrappers hand on their caller's.
 *
 * What holds for every allocating verb, unless it says otherwise:
 *   - sizes and alignments are bytes; products are checked for overflow;
 *   - size 0 gives a block of its own, which must be freed;
 *   - the block is owned by the caller and is aligned for any type (TRACKMEM_ALIGNMENT);
 *   - failure is NULL, and then nothing is charged;
 *   - any thread may call it and any thread may free the block; it may be called before main and
 *     during exit, but not from a signal handler;
 *   - it is charged to: the domain of an `_in` verb, unless that is NULL; else the innermost domain
 *     pushed on this thread (domain.h); else the default domain of the translation unit; else the
 *     process.
 *
 * The default domain of a translation unit: `#define TRACKMEM_DOMAIN ident` before this include,
 * or -DTRACKMEM_DOMAIN=ident for a component, where ident is made by TRACKMEM_DEFINE_DOMAIN; or, in
 * C, `#define TRACKMEM_STATIC_DOMAIN ident` for one that the file itself makes, with `static`.
 * With TRACKMEM_DISABLE defined, in all files of a program or module, the verbs are the C
 * library's, and nothing is accounted: docs/vendoring.md.
 *
 * In C++, no inline function of a header should allocate in files of different default domains:
 * the linker keeps one copy of it, and its blocks go to the domain of whichever file that is.
 */
#ifndef TRACKMEM_TRACKMEM_H
#define TRACKMEM_TRACKMEM_H

#include <stddef.h>
#include <stdint.h>

#include "trackmem/compiler.h"

#define TRACKMEM_VERSION_MAJOR 0
#define TRACKMEM_VERSION_MINOR 1
#define TRACKMEM_VERSION_PATCH 0

/* The alignment that every block has without asking. */
#if UINTPTR_MAX > 0xffffffffu || (defined(__linux__) && (defined(__i386__) || defined(__riscv)))
#define TRACKMEM_ALIGNMENT 16
#else
#define TRACKMEM_ALIGNMENT 8
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What anything but an allocation returns.
 */
enum trackmem_status {
    TRACKMEM_OK = 0,
    TRACKMEM_OUT_OF_MEMORY, /* the backend or our own bookkeeping had no memory */
    TRACKMEM_INVALID,       /* an argument is outside the contract */
    TRACKMEM_NOT_FOUND,     /* no such domain or option */
    TRACKMEM_NOT_OURS,      /* not a live block of trackmem; it was reported as misuse */
    TRACKMEM_BUSY,          /* not in this state: too late, or still in use */
    TRACKMEM_IO_ERROR,      /* a file could not be written; errno tells why */
    TRACKMEM_UNSUPPORTED    /* not on this system, or with TRACKMEM_DISABLE */
};

/*
 * Describes a status in a few words ("out of memory"). The text is static.
 */
TRACKMEM_API const char *trackmem_status_text(enum trackmem_status status);

#if defined(TRACKMEM_SMALL)
#include "trackmem/small_layout.h" /* both structures, as the small profile has them */
#else
/*
 * A node in the tree of owners: see domain.h. Its members belong to the library.
 */
struct trackmem_domain {
    const char *name;
    struct trackmem_domain *parent;
    uint32_t id; /* 0 until first use */
    uint32_t layout_version;
};

/*
 * A place in the source that allocates or frees: TRACKMEM_SITE makes one, static, for the line it
 * stands in. Its members belong to the library, which copies the texts on first use.
 */
struct trackmem_site {
    const char *file;
    const char *function;
    struct trackmem_domain *domain; /* the default domain of the file, or NULL */
    uint32_t line;
    uint32_t account; /* 0 until first use: what its blocks are charged to by default */
    uint32_t id;      /* 0 until first use */
    uint32_t layout_version;
};

#define TRACKMEM_LAYOUT_VERSION 0x746d0001u

#define TRACKMEM_DOMAIN_INIT_(name_, parent_)      \
    {                                              \
        name_, parent_, 0, TRACKMEM_LAYOUT_VERSION \
    }
#endif

#ifdef TRACKMEM_STATIC_DOMAIN
/* Tentative: its definition follows. Unused with TRACKMEM_DISABLE. */
TRACKMEM_UNUSED_ static struct trackmem_domain TRACKMEM_STATIC_DOMAIN;
#define TRACKMEM_DEFAULT_DOMAIN (&TRACKMEM_STATIC_DOMAIN)
#elif defined(TRACKMEM_DOMAIN)
extern struct trackmem_domain TRACKMEM_DOMAIN;
#define TRACKMEM_DEFAULT_DOMAIN (&TRACKMEM_DOMAIN)
#else
#define TRACKMEM_DEFAULT_DOMAIN NULL
#endif

/* TRACKMEM_SITE: a pointer to the struct trackmem_site of the place where it is written. */
#define TRACKMEM_SITE TRACKMEM_SITE_OF_(TRACKMEM_DEFAULT_DOMAIN)

/*
 * Interns a call site at run time: for compilers that have neither statement expressions nor
 * lambdas, and for languages that carry source positions of their own.
 *   file, function  copied; NULL is taken as unknown
 *   line            0 if unknown
 *   domain          the default domain, or NULL
 * Returns a site that lives as long as the process; equal arguments give the same site. When our
 * bookkeeping has no memory, one shared site called "other".
 */
TRACKMEM_API struct trackmem_site *trackmem_site_at(const char *file, unsigned line,
                                                    const char *function,
                                                    struct trackmem_domain *domain);

/*
 * Frees a block of trackmem_malloc and its kin; NULL is allowed.
 * Anything else (a block of another family, a pointer into a block, one freed before, memory of
 * somebody else's) is reported as misuse with both sides named; then the memory is left alone and
 * the call returns, unless the option misuse=abort is set.
 */
TRACKMEM_API void trackmem_free(void *ptr);
TRACKMEM_API void trackmem_free_at(struct trackmem_site *site, void *ptr);

/*
 * Frees a block whose size the caller knows. A size that differs from the one asked for is
 * reported as misuse, and the block is freed all the same.
 */
TRACKMEM_API void trackmem_free_sized(void *ptr, size_t size);
TRACKMEM_API void trackmem_free_sized_at(struct trackmem_site *site, void *ptr, size_t size);

/*
 * Frees a block of trackmem_aligned_alloc or trackmem_aligned_realloc; NULL is allowed. Plain and
 * aligned blocks are different families on every system, as they are on Windows.
 */
TRACKMEM_API void trackmem_aligned_free(void *ptr);
TRACKMEM_API void trackmem_aligned_free_at(struct trackmem_site *site, void *ptr);

/* For the compiler: which functions take back what the verbs below return. */
#define TRACKMEM_FREED_PLAIN_                  \
    TRACKMEM_FREED_BY_(trackmem_free, 1)       \
    TRACKMEM_TAKEN_BY_(trackmem_free_at, 2)    \
    TRACKMEM_TAKEN_BY_(trackmem_free_sized, 1) \
    TRACKMEM_TAKEN_BY_(trackmem_free_sized_at, 2)
#define TRACKMEM_FREED_ALIGNED_                  \
    TRACKMEM_FREED_BY_(trackmem_aligned_free, 1) \
    TRACKMEM_TAKEN_BY_(trackmem_aligned_free_at, 2)

/*
 * Allocates size bytes, uninitialised.
 */
TRACKMEM_API void *trackmem_malloc(size_t size) TRACKMEM_SIZED_BY_(1) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_malloc_at(struct trackmem_site *site, size_t size)
    TRACKMEM_SIZED_BY_(2) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_malloc_in(struct trackmem_domain *domain, size_t size)
    TRACKMEM_SIZED_BY_(2) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_malloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         size_t size) TRACKMEM_SIZED_BY_(3) TRACKMEM_FREED_PLAIN_;

/*
 * Allocates count * size bytes, all zero.
 */
TRACKMEM_API void *trackmem_calloc(size_t count, size_t size)
    TRACKMEM_SIZED_BY_2_(1, 2) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_calloc_at(struct trackmem_site *site, size_t count, size_t size)
    TRACKMEM_SIZED_BY_2_(2, 3) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_calloc_in(struct trackmem_domain *domain, size_t count, size_t size)
    TRACKMEM_SIZED_BY_2_(2, 3) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_calloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         size_t count, size_t size)
    TRACKMEM_SIZED_BY_2_(3, 4) TRACKMEM_FREED_PLAIN_;

/*
 * Changes the size of a block of trackmem_malloc and its kin to size bytes; it may move.
 *   ptr   the block, or NULL to allocate one
 *   size  0 leaves a block of size 0, which must be freed
 * Returns the block, its first min(old, new) bytes kept. It keeps its domain (an `_in` domain
 * counts when ptr is NULL), and this becomes its site. On failure NULL: the old block, its contents
 * and its charge are untouched. What trackmem_free would report is reported, and NULL returned.
 */
TRACKMEM_API void *trackmem_realloc(void *ptr, size_t size) TRACKMEM_SIZED_BY_(2);
TRACKMEM_API void *trackmem_realloc_at(struct trackmem_site *site, void *ptr, size_t size)
    TRACKMEM_SIZED_BY_(3);
TRACKMEM_API void *trackmem_realloc_in(struct trackmem_domain *domain, void *ptr, size_t size)
    TRACKMEM_SIZED_BY_(3);
TRACKMEM_API void *trackmem_realloc_in_at(struct trackmem_site *site,
                                          struct trackmem_domain *domain, void *ptr, size_t size)
    TRACKMEM_SIZED_BY_(4);

/*
 * The same to count * size bytes; NULL when that overflows.
 */
TRACKMEM_API void *trackmem_reallocarray(void *ptr, size_t count, size_t size)
    TRACKMEM_SIZED_BY_2_(2, 3);
TRACKMEM_API void *trackmem_reallocarray_at(struct trackmem_site *site, void *ptr, size_t count,
                                            size_t size) TRACKMEM_SIZED_BY_2_(3, 4);
TRACKMEM_API void *trackmem_reallocarray_in(struct trackmem_domain *domain, void *ptr, size_t count,
                                            size_t size) TRACKMEM_SIZED_BY_2_(3, 4);
TRACKMEM_API void *trackmem_reallocarray_in_at(struct trackmem_site *site,
                                               struct trackmem_domain *domain, void *ptr,
                                               size_t count, size_t size)
    TRACKMEM_SIZED_BY_2_(4, 5);

/*
 * Allocates size bytes at a multiple of alignment; to be freed with trackmem_aligned_free.
 *   alignment  a power of two; any other fails. size need not be a multiple of it. Above
 *              TRACKMEM_ALIGNMENT a block costs up to alignment bytes more.
 */
TRACKMEM_API void *trackmem_aligned_alloc(size_t alignment, size_t size)
    TRACKMEM_SIZED_BY_(2) TRACKMEM_FREED_ALIGNED_;
TRACKMEM_API void *trackmem_aligned_alloc_at(struct trackmem_site *site, size_t alignment,
                                             size_t size)
    TRACKMEM_SIZED_BY_(3) TRACKMEM_FREED_ALIGNED_;
TRACKMEM_API void *trackmem_aligned_alloc_in(struct trackmem_domain *domain, size_t alignment,
                                             size_t size)
    TRACKMEM_SIZED_BY_(3) TRACKMEM_FREED_ALIGNED_;
TRACKMEM_API void *trackmem_aligned_alloc_in_at(struct trackmem_site *site,
                                                struct trackmem_domain *domain, size_t alignment,
                                                size_t size)
    TRACKMEM_SIZED_BY_(4) TRACKMEM_FREED_ALIGNED_;

/*
 * Changes the size of an aligned block, as trackmem_realloc does that of a plain one.
 *   alignment  a power of two; the block gets the greater of this and the one it has
 */
TRACKMEM_API void *trackmem_aligned_realloc(void *ptr, size_t alignment, size_t size)
    TRACKMEM_SIZED_BY_(3);
TRACKMEM_API void *trackmem_aligned_realloc_at(struct trackmem_site *site, void *ptr,
                                               size_t alignment, size_t size) TRACKMEM_SIZED_BY_(4);
TRACKMEM_API void *trackmem_aligned_realloc_in(struct trackmem_domain *domain, void *ptr,
                                               size_t alignment, size_t size) TRACKMEM_SIZED_BY_(4);
TRACKMEM_API void *trackmem_aligned_realloc_in_at(struct trackmem_site *site,
                                                  struct trackmem_domain *domain, void *ptr,
                                                  size_t alignment, size_t size)
    TRACKMEM_SIZED_BY_(5);

/*
 * Allocates a copy of the size bytes at source, which may be NULL if size is 0.
 */
TRACKMEM_API void *trackmem_memdup(const void *source, size_t size)
    TRACKMEM_SIZED_BY_(2) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_memdup_at(struct trackmem_site *site, const void *source, size_t size)
    TRACKMEM_SIZED_BY_(3) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_memdup_in(struct trackmem_domain *domain, const void *source,
                                      size_t size) TRACKMEM_SIZED_BY_(3) TRACKMEM_FREED_PLAIN_;
TRACKMEM_API void *trackmem_memdup_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                         const void *source, size_t size)
    TRACKMEM_SIZED_BY_(4) TRACKMEM_FREED_PLAIN_;

/*
 * The size in bytes that was asked for, of a live block of any family, adopted ones too; 0 for
 * NULL. A pointer that is no such block is reported as misuse and gives 0.
 */
TRACKMEM_API size_t trackmem_size(const void *ptr);

/*
 * Third-party memory: the C library's own family, by name, for code that must hand memory to
 * somebody who calls free, or frees what somebody allocated with malloc. Not accounted.
 */
TRACKMEM_API void *trackmem_libc_malloc(size_t size);
TRACKMEM_API void *trackmem_libc_calloc(size_t count, size_t size);
TRACKMEM_API void *trackmem_libc_realloc(void *ptr, size_t size);
TRACKMEM_API void trackmem_libc_free(void *ptr);
TRACKMEM_API char *trackmem_libc_strdup(const char *text);

/*
 * Takes a block of the C library into the accounting: from now on it is charged to this site and
 * its domain, and to be freed with trackmem_free or resized with trackmem_realloc, not with the
 * C library's.
 *   ptr   what malloc, strdup, getline... of the C library returned
 *   size  its size in bytes, as it shall be charged
 * Returns TRACKMEM_OK; TRACKMEM_INVALID for NULL; TRACKMEM_BUSY if it was adopted before or is one
 * of our blocks; TRACKMEM_OUT_OF_MEMORY: not adopted, and still the C library's.
 */
TRACKMEM_API enum trackmem_status trackmem_adopt(void *ptr, size_t size);
TRACKMEM_API enum trackmem_status trackmem_adopt_at(struct trackmem_site *site, void *ptr,
                                                    size_t size);

/*
 * Hands a block over to code that will call the C library's free: returns a copy by the C
 * library's malloc (an adopted block is itself handed back) and frees ours. NULL: out of memory, or
 * a pointer that was reported as misuse; then the original is left as it was.
 */
TRACKMEM_API void *trackmem_export(void *ptr);
TRACKMEM_API void *trackmem_export_at(struct trackmem_site *site, void *ptr);

/*
 * Gives the spans that the calling thread keeps for its next allocations back to the backend. Done
 * by itself when a thread ends.
 */
TRACKMEM_API void trackmem_trim(void);

#ifdef __cplusplus
}
#endif

#ifdef TRACKMEM_DISABLE
#include "trackmem/disabled/verbs.h"
#else
#define trackmem_free(ptr)               trackmem_free_at(TRACKMEM_SITE, ptr)
#define trackmem_free_sized(ptr, size)   trackmem_free_sized_at(TRACKMEM_SITE, ptr, size)
#define trackmem_aligned_free(ptr)       trackmem_aligned_free_at(TRACKMEM_SITE, ptr)
#define trackmem_malloc(size)            trackmem_malloc_at(TRACKMEM_SITE, size)
#define trackmem_malloc_in(domain, size) trackmem_malloc_in_at(TRACKMEM_SITE, domain, size)
#define trackmem_calloc(count, size)     trackmem_calloc_at(TRACKMEM_SITE, count, size)
#define trackmem_calloc_in(domain, count, size) \
    trackmem_calloc_in_at(TRACKMEM_SITE, domain, count, size)
#define trackmem_realloc(ptr, size) trackmem_realloc_at(TRACKMEM_SITE, ptr, size)
#define trackmem_realloc_in(domain, ptr, size) \
    trackmem_realloc_in_at(TRACKMEM_SITE, domain, ptr, size)
#define trackmem_reallocarray(ptr, count, size) \
    trackmem_reallocarray_at(TRACKMEM_SITE, ptr, count, size)
#define trackmem_reallocarray_in(domain, ptr, count, size) \
    trackmem_reallocarray_in_at(TRACKMEM_SITE, domain, ptr, count, size)
#define trackmem_aligned_alloc(alignment, size) \
    trackmem_aligned_alloc_at(TRACKMEM_SITE, alignment, size)
#define trackmem_aligned_alloc_in(domain, alignment, size) \
    trackmem_aligned_alloc_in_at(TRACKMEM_SITE, domain, alignment, size)
#define trackmem_aligned_realloc(ptr, alignment, size) \
    trackmem_aligned_realloc_at(TRACKMEM_SITE, ptr, alignment, size)
#define trackmem_aligned_realloc_in(domain, ptr, alignment, size) \
    trackmem_aligned_realloc_in_at(TRACKMEM_SITE, domain, ptr, alignment, size)
#define trackmem_memdup(source, size) trackmem_memdup_at(TRACKMEM_SITE, source, size)
#define trackmem_memdup_in(domain, source, size) \
    trackmem_memdup_in_at(TRACKMEM_SITE, domain, source, size)
#define trackmem_adopt(ptr, size) trackmem_adopt_at(TRACKMEM_SITE, ptr, size)
#define trackmem_export(ptr)      trackmem_export_at(TRACKMEM_SITE, ptr)
#endif

/*
 * A new T, uninitialised or zero, and an array of n, uninitialised; NULL on failure. Alignments
 * above TRACKMEM_ALIGNMENT need trackmem_aligned_alloc.
 */
#define TRACKMEM_NEW(T)             ((T *)trackmem_malloc(sizeof(T)))
#define TRACKMEM_NEW0(T)            ((T *)trackmem_calloc(1, sizeof(T)))
#define TRACKMEM_NEW_ARRAY(T, n)    ((T *)trackmem_reallocarray(NULL, n, sizeof(T)))
#define TRACKMEM_NEW_IN(domain, T)  ((T *)trackmem_malloc_in(domain, sizeof(T)))
#define TRACKMEM_NEW0_IN(domain, T) ((T *)trackmem_calloc_in(domain, 1, sizeof(T)))
#define TRACKMEM_NEW_ARRAY_IN(domain, T, n) \
    ((T *)trackmem_reallocarray_in(domain, NULL, n, sizeof(T)))

#endif
