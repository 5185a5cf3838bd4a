/*
 * trackmem/prefix.h: a copy of trackmem whose symbols all begin with TRACKMEM_PREFIX, so that
 * copies of several versions live in one process, and one program. TRACKMEM_PREFIX is an
 * identifier, say mylib_. Private to compiler.h.
 *
 * The source keeps its names: only what the linker sees is renamed. TRACKMEM_PREFIX must be defined
 * for the copy and for all that uses it. Needs GNU C or clang.
 *
 * The list is written by scripts/rules/exports --update.
 */
#ifndef TRACKMEM_PREFIX_H
#define TRACKMEM_PREFIX_H

#define TRACKMEM_JOINED_(prefix, name) prefix##name
#define TRACKMEM_JOIN_(prefix, name)   TRACKMEM_JOINED_(prefix, name)
#ifdef TRACKMEM_PREFIX
#define TRACKMEM_PREFIXED_(name) TRACKMEM_JOIN_(TRACKMEM_PREFIX, name)
#else
#define TRACKMEM_PREFIXED_(name) name
#endif

#if defined(TRACKMEM_PREFIX) && !defined(TRACKMEM_DISABLE)
#if !defined(__GNUC__)
#error "TRACKMEM_PREFIX needs a compiler that knows #pragma redefine_extname"
#endif

#define TRACKMEM_PRAGMA_OF_(text)       _Pragma(#text)
#define TRACKMEM_PRAGMA_(text)          TRACKMEM_PRAGMA_OF_(text)
#define TRACKMEM_RENAME_TO_(name, into) TRACKMEM_PRAGMA_(redefine_extname name into)
#define TRACKMEM_RENAME_(name)          TRACKMEM_RENAME_TO_(name, TRACKMEM_PREFIXED_(name))
/* clang-format off: a name a line */

TRACKMEM_RENAME_(trackmem_adopt)
TRACKMEM_RENAME_(trackmem_adopt_at)
TRACKMEM_RENAME_(trackmem_aligned_alloc)
TRACKMEM_RENAME_(trackmem_aligned_alloc_at)
TRACKMEM_RENAME_(trackmem_aligned_alloc_in)
TRACKMEM_RENAME_(trackmem_aligned_alloc_in_at)
TRACKMEM_RENAME_(trackmem_aligned_free)
TRACKMEM_RENAME_(trackmem_aligned_free_at)
TRACKMEM_RENAME_(trackmem_aligned_realloc)
TRACKMEM_RENAME_(trackmem_aligned_realloc_at)
TRACKMEM_RENAME_(trackmem_aligned_realloc_in)
TRACKMEM_RENAME_(trackmem_aligned_realloc_in_at)
TRACKMEM_RENAME_(trackmem_asprintf)
TRACKMEM_RENAME_(trackmem_asprintf_at)
TRACKMEM_RENAME_(trackmem_asprintf_in)
TRACKMEM_RENAME_(trackmem_asprintf_in_at)
TRACKMEM_RENAME_(trackmem_backend_libc)
TRACKMEM_RENAME_(trackmem_backend_mimalloc)
TRACKMEM_RENAME_(trackmem_begin)
TRACKMEM_RENAME_(trackmem_calloc)
TRACKMEM_RENAME_(trackmem_calloc_at)
TRACKMEM_RENAME_(trackmem_calloc_in)
TRACKMEM_RENAME_(trackmem_calloc_in_at)
TRACKMEM_RENAME_(trackmem_domain_create)
TRACKMEM_RENAME_(trackmem_domain_current)
TRACKMEM_RENAME_(trackmem_domain_destroy)
TRACKMEM_RENAME_(trackmem_domain_destroy_at)
TRACKMEM_RENAME_(trackmem_domain_find)
TRACKMEM_RENAME_(trackmem_domain_of)
TRACKMEM_RENAME_(trackmem_domain_pop)
TRACKMEM_RENAME_(trackmem_domain_push)
TRACKMEM_RENAME_(trackmem_domain_same)
TRACKMEM_RENAME_(trackmem_domain_set_backend)
TRACKMEM_RENAME_(trackmem_domain_set_budget)
TRACKMEM_RENAME_(trackmem_domain_stats)
TRACKMEM_RENAME_(trackmem_end)
TRACKMEM_RENAME_(trackmem_export)
TRACKMEM_RENAME_(trackmem_export_at)
TRACKMEM_RENAME_(trackmem_fail_benign_begin)
TRACKMEM_RENAME_(trackmem_fail_benign_end)
TRACKMEM_RENAME_(trackmem_fail_count)
TRACKMEM_RENAME_(trackmem_fail_injected)
TRACKMEM_RENAME_(trackmem_fail_next)
TRACKMEM_RENAME_(trackmem_fail_off)
TRACKMEM_RENAME_(trackmem_fail_set)
TRACKMEM_RENAME_(trackmem_family_free_at)
TRACKMEM_RENAME_(trackmem_family_malloc_at)
TRACKMEM_RENAME_(trackmem_family_name)
TRACKMEM_RENAME_(trackmem_family_realloc_at)
TRACKMEM_RENAME_(trackmem_family_register)
TRACKMEM_RENAME_(trackmem_free)
TRACKMEM_RENAME_(trackmem_free_at)
TRACKMEM_RENAME_(trackmem_free_sized)
TRACKMEM_RENAME_(trackmem_free_sized_at)
TRACKMEM_RENAME_(trackmem_libc_calloc)
TRACKMEM_RENAME_(trackmem_libc_free)
TRACKMEM_RENAME_(trackmem_libc_malloc)
TRACKMEM_RENAME_(trackmem_libc_realloc)
TRACKMEM_RENAME_(trackmem_libc_strdup)
TRACKMEM_RENAME_(trackmem_malloc)
TRACKMEM_RENAME_(trackmem_malloc_at)
TRACKMEM_RENAME_(trackmem_malloc_in)
TRACKMEM_RENAME_(trackmem_malloc_in_at)
TRACKMEM_RENAME_(trackmem_memdup)
TRACKMEM_RENAME_(trackmem_memdup_at)
TRACKMEM_RENAME_(trackmem_memdup_in)
TRACKMEM_RENAME_(trackmem_memdup_in_at)
TRACKMEM_RENAME_(trackmem_misuse_count)
TRACKMEM_RENAME_(trackmem_realloc)
TRACKMEM_RENAME_(trackmem_realloc_at)
TRACKMEM_RENAME_(trackmem_realloc_in)
TRACKMEM_RENAME_(trackmem_realloc_in_at)
TRACKMEM_RENAME_(trackmem_reallocarray)
TRACKMEM_RENAME_(trackmem_reallocarray_at)
TRACKMEM_RENAME_(trackmem_reallocarray_in)
TRACKMEM_RENAME_(trackmem_reallocarray_in_at)
TRACKMEM_RENAME_(trackmem_region_backend)
TRACKMEM_RENAME_(trackmem_region_finish)
TRACKMEM_RENAME_(trackmem_region_init)
TRACKMEM_RENAME_(trackmem_region_is_intact)
TRACKMEM_RENAME_(trackmem_region_stats)
TRACKMEM_RENAME_(trackmem_report)
TRACKMEM_RENAME_(trackmem_set_backend)
TRACKMEM_RENAME_(trackmem_set_misuse_handler)
TRACKMEM_RENAME_(trackmem_set_options)
TRACKMEM_RENAME_(trackmem_site_at)
TRACKMEM_RENAME_(trackmem_size)
TRACKMEM_RENAME_(trackmem_status_text)
TRACKMEM_RENAME_(trackmem_strdup)
TRACKMEM_RENAME_(trackmem_strdup_at)
TRACKMEM_RENAME_(trackmem_strdup_in)
TRACKMEM_RENAME_(trackmem_strdup_in_at)
TRACKMEM_RENAME_(trackmem_strndup)
TRACKMEM_RENAME_(trackmem_strndup_at)
TRACKMEM_RENAME_(trackmem_strndup_in)
TRACKMEM_RENAME_(trackmem_strndup_in_at)
TRACKMEM_RENAME_(trackmem_sweep_run)
TRACKMEM_RENAME_(trackmem_transfer)
TRACKMEM_RENAME_(trackmem_transfer_at)
TRACKMEM_RENAME_(trackmem_trim)
TRACKMEM_RENAME_(trackmem_vasprintf)
TRACKMEM_RENAME_(trackmem_vasprintf_at)
TRACKMEM_RENAME_(trackmem_vasprintf_in)
TRACKMEM_RENAME_(trackmem_vasprintf_in_at)
TRACKMEM_RENAME_(trackmem_visit_domains)
TRACKMEM_RENAME_(trackmem_visit_sites)

#endif

#endif
