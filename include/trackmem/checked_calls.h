/*
 * trackmem/checked_calls.h: the functions that checked.h puts in place of the C library's, without
 * its macros: for wrappers that hand on their caller's site.
 *
 *     trackmem_checked_memcpy_at(site, to, from, size);
 *
 * Each takes what the function of its name takes, does the same and returns the same, once it has
 * looked at the blocks; checked.h says when and how. None with TRACKMEM_DISABLE, nor in the small
 * profile.
 */
#ifndef TRACKMEM_CHECKED_CALLS_H
#define TRACKMEM_CHECKED_CALLS_H

#if !defined(TRACKMEM_DISABLE) && !defined(TRACKMEM_SMALL)

#include <stdarg.h>
#include <stddef.h>
#include <wchar.h>
#ifdef __cplusplus
#include <cwchar>
#endif

#include "trackmem/trackmem.h"

#ifdef __cplusplus
extern "C" {
#define TRACKMEM_CHECKED_SEARCH(name, type, ...) \
    TRACKMEM_API const type *trackmem_checked_##name##_at(struct trackmem_site *site, __VA_ARGS__);
#else
#define TRACKMEM_CHECKED_SEARCH(name, type, ...) \
    TRACKMEM_API type *trackmem_checked_##name##_at(struct trackmem_site *site, __VA_ARGS__);
#endif
#define TRACKMEM_CHECKED(name, type, ...) \
    TRACKMEM_API type trackmem_checked_##name##_at(struct trackmem_site *site, __VA_ARGS__);
#define TRACKMEM_CHECKED_PRINT(name, places, ...)                                          \
    TRACKMEM_API int trackmem_checked_##name##_at(struct trackmem_site *site, __VA_ARGS__) \
        TRACKMEM_PRINTF_ places;
#include "trackmem/checked.def"
#undef TRACKMEM_CHECKED
#undef TRACKMEM_CHECKED_PRINT
#undef TRACKMEM_CHECKED_SEARCH
#ifdef __cplusplus
}

/* What is searched in is const, or is not; and `std::strlen(text)` becomes a name in std. */
#define TRACKMEM_CHECKED(name, type, ...) \
    namespace std                         \
    {                                     \
    using ::trackmem_checked_##name##_at; \
    }
#define TRACKMEM_CHECKED_SEARCH(name, type, ...)                                       \
    template <typename... Rest>                                                        \
    inline type *trackmem_checked_##name##_at(struct trackmem_site *site, type *start, \
                                              Rest... rest)                            \
    {                                                                                  \
        const type *in = start;                                                        \
        return const_cast<type *>(trackmem_checked_##name##_at(site, in, rest...));    \
    }                                                                                  \
    TRACKMEM_CHECKED(name, type, )
#define TRACKMEM_CHECKED_PRINT(name, places, ...) TRACKMEM_CHECKED(name, int, )
#include "trackmem/checked.def"
#undef TRACKMEM_CHECKED
#undef TRACKMEM_CHECKED_PRINT
#undef TRACKMEM_CHECKED_SEARCH
#endif

#endif

#endif
