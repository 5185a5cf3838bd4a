/*
 * trackmem/compiler.h: what the public headers ask of a compiler, in one place.
 *
 * Works with any C11 or C++17 compiler; GNU C, clang and Microsoft's add warnings and call sites
 * without run-time look-ups.
 */
#ifndef TRACKMEM_COMPILER_H
#define TRACKMEM_COMPILER_H

#include "trackmem/link_guard.h"
#include "trackmem/prefix.h"

/*
 * TRACKMEM_API: a name that the shared library exports; the archive exports none. TRACKMEM_DLL:
 * link against the Windows DLL. TRACKMEM_DISABLE: a function of the header itself, which does what
 * the C library does or nothing (trackmem/disabled/).
 */
#if defined(TRACKMEM_DISABLE) && defined(__GNUC__)
#define TRACKMEM_API __attribute__((__unused__)) static inline
#elif defined(TRACKMEM_DISABLE)
#define TRACKMEM_API static inline
#elif defined(_WIN32) && defined(TRACKMEM_BUILD_SHARED)
#define TRACKMEM_API __declspec(dllexport)
#elif defined(_WIN32) && defined(TRACKMEM_DLL)
#define TRACKMEM_API __declspec(dllimport)
#elif defined(__GNUC__) && defined(TRACKMEM_BUILD_SHARED)
#define TRACKMEM_API __attribute__((__visibility__("default")))
#elif defined(__ELF__) && defined(TRACKMEM_HIDDEN) /* trackmem.c of scripts/amalgamation */
#define TRACKMEM_API __attribute__((__visibility__("hidden")))
#else
#define TRACKMEM_API
#endif

#if defined(__GNUC__)
#define TRACKMEM_SIZED_BY_(n)           TRACKMEM_USE_RESULT_ __attribute__((__alloc_size__(n)))
#define TRACKMEM_SIZED_BY_2_(n, m)      TRACKMEM_USE_RESULT_ __attribute__((__alloc_size__(n, m)))
#define TRACKMEM_USE_RESULT_            __attribute__((__warn_unused_result__))
#define TRACKMEM_PRINTF_(format, first) __attribute__((__format__(__printf__, format, first)))
#define TRACKMEM_UNUSED_                __attribute__((__unused__))
#else
#define TRACKMEM_SIZED_BY_(n)
#define TRACKMEM_SIZED_BY_2_(n, m)
#define TRACKMEM_USE_RESULT_
#define TRACKMEM_PRINTF_(format, first)
#define TRACKMEM_UNUSED_
#endif

/*
 * Names the function that frees what another returns, and which of its arguments is the block:
 * gcc 11 and later then warn of mixed families at compile time (-Wmismatched-dealloc). It
 * takes no inline functions for that.
 */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11 && !defined(TRACKMEM_DISABLE)
#define TRACKMEM_FREED_BY_(function, argument) \
    __attribute__((__malloc__, __malloc__(function, argument)))
#elif defined(__GNUC__)
#define TRACKMEM_FREED_BY_(function, argument) __attribute__((__malloc__))
#else
#define TRACKMEM_FREED_BY_(function, argument)
#endif

/* The same for a second function that may take the block. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11 && !defined(TRACKMEM_DISABLE)
#define TRACKMEM_TAKEN_BY_(function, argument) __attribute__((__malloc__(function, argument)))
#else
#define TRACKMEM_TAKEN_BY_(function, argument)
#endif

/*
 * TRACKMEM_SITE_OF_(domain): a pointer to a static struct trackmem_site for this line. GNU C has
 * statement expressions; C++ a lambda, which also stands where no statement may; any other
 * compiler looks the site up at each call. With TRACKMEM_DISABLE there are none: NULL.
 */
#define TRACKMEM_SITE_INIT_(function, domain)                               \
    {                                                                       \
        __FILE__, function, domain, __LINE__, 0, 0, TRACKMEM_LAYOUT_VERSION \
    }
#if defined(TRACKMEM_DISABLE) && defined(__cplusplus)
#define TRACKMEM_SITE_OF_(domain_) (static_cast<struct trackmem_site *>(nullptr))
#elif defined(TRACKMEM_DISABLE)
#define TRACKMEM_SITE_OF_(domain_) ((struct trackmem_site *)NULL)
#elif defined(TRACKMEM_SMALL)
/* The return address of the call is the site: what is handed on is the domain of the file alone. */
#define TRACKMEM_SITE_OF_(domain_) ((struct trackmem_site *)(void *)(domain_))
#elif defined(__cplusplus) && defined(__GNUC__)
#define TRACKMEM_SITE_OF_(domain_)                                                                 \
    ([]() noexcept -> struct trackmem_site * {                                                     \
        static struct trackmem_site trackmem_site_here_ = TRACKMEM_SITE_INIT_(__PRETTY_FUNCTION__, \
                                                                              domain_);            \
        return &trackmem_site_here_;                                                               \
    }())
#elif defined(__cplusplus)
#define TRACKMEM_SITE_OF_(domain_)                                                          \
    ([]() noexcept -> struct trackmem_site * {                                              \
        static struct trackmem_site trackmem_site_here_ = TRACKMEM_SITE_INIT_(__FUNCTION__, \
                                                                              domain_);     \
        return &trackmem_site_here_;                                                        \
    }())
#elif defined(__GNUC__)
#define TRACKMEM_SITE_OF_(domain_)                                                                \
    (__extension__({                                                                              \
        static struct trackmem_site trackmem_site_here_ = TRACKMEM_SITE_INIT_(__func__, domain_); \
        &trackmem_site_here_;                                                                     \
    }))
#else
#define TRACKMEM_SITE_OF_(domain_) trackmem_site_at(__FILE__, __LINE__, __func__, domain_)
#endif

#endif
