/*
 * trackmem/ban.h: from here to the end of the file, or to unban.h, the C library's allocation does
 * not compile, and the message says what to call instead. The last include of a .c or .cpp file:
 *
 *     #include <stdlib.h>
 *     #include "cache.h"
 *     #include <trackmem/ban.h>
 *
 *     entry = malloc(size);   // error: 'malloc' is deprecated: use trackmem_malloc ...
 *
 * Banned are calls of, and addresses taken of, what banned.def lists; in C++ also plain `new`,
 * `new[]` and `delete[]`. Memory of others goes through names of its own, trackmem_libc_free and
 * its kin in trackmem.h, or through a region between unban.h and the next ban.h.
 *
 * How, chosen by a macro before the include:
 *
 *   (none)                    The names are declared again as deprecated, and that is an error from
 *                             here on. Members, methods, parameters, locals, labels and enumerators
 *                             of these names go on compiling, inline functions of earlier headers
 *                             too; macros of earlier headers are seen where they are used. gcc and
 *                             clang; any other compiler gets TRACKMEM_BAN_DEFINE.
 *   TRACKMEM_BAN_UNAVAILABLE  The same, declared as unavailable: -w does not hush it, and other
 *                             deprecated functions stay warnings; but unban.h cannot lift it, and
 *                             C++ operators are left alone (g++ would ban them in std::vector).
 *                             gcc 12 and later, clang.
 *   TRACKMEM_BAN_DEFINE       Macros without parameters: any compiler, but members and locals of
 *                             these names compile only if they are declared after it.
 *   TRACKMEM_BAN_POISON       #pragma GCC poison: the names may not appear at all, in no later
 *                             header either; macros of earlier headers slip past, the message says
 *                             no alternative, and unban.h cannot lift it.
 *   TRACKMEM_BAN_KEEP_NEW     With any of them: C++ operators are left alone.
 *   TRACKMEM_BAN_DELETE       With the default: `delete` of one object is banned, too. No part of
 *                             the default, because a class with a virtual destructor names operator
 *                             delete without writing it: one that is defined after the ban then
 *                             needs an operator delete of its own.
 *
 * May be included again, also after unban.h; system headers may follow. Costs nothing at run time.
 *
 * Limits, each with a test in tests/ban and the mend:
 *   - Default mode: calls of any other deprecated function are errors, too.
 *     TRACKMEM_BAN_UNAVAILABLE.
 *   - Default mode: -w hushes it, and clang says nothing inside a function that is itself
 *     deprecated. TRACKMEM_BAN_UNAVAILABLE.
 *   - Headers of others that follow and allocate inline are banned as well, unless they are system
 *     headers (-isystem): include them before, or within an unban.h region.
 *   - g++ looks at templates of earlier headers again when they are instantiated, and warns (an
 *     error under -Werror or with TRACKMEM_BAN_UNAVAILABLE): let the header allocate through
 *     trackmem, or include it by -isystem.
 *   - `delete` of one object compiles: TRACKMEM_BAN_DELETE, or the audit of objects.
 *   - __builtin_malloc, dlsym and assembly are not seen; nor is a macro of a system header (g++).
 *   - A static function of your own with one of these names collides with the declaration: rename
 *     it, or use TRACKMEM_BAN_DEFINE before it.
 */

/* First of all, so that no header that comes later declares or defines these names anew. */
#ifdef __cplusplus
#include <cstdlib>
#include <new>
#endif
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#if defined(__linux__) || defined(_WIN32)
#include <malloc.h>
#endif

#if defined(TRACKMEM_DISABLE)
#include "trackmem/backend.h"
#include "trackmem/text.h"
#endif

#if !defined(TRACKMEM_BAN_POISONED_)

#define TRACKMEM_BANNED_UNDEFINE
#include "trackmem/banned.def"
#undef TRACKMEM_BANNED_UNDEFINE

#if defined(TRACKMEM_BAN_POISON)
#define TRACKMEM_BAN_POISONED_
#define TRACKMEM_BAN_PRAGMA_(words)                            _Pragma(#words)
#define TRACKMEM_BANNED(name, type, parameters, instead, mesa) TRACKMEM_BAN_PRAGMA_(GCC poison name)
#define TRACKMEM_BANNED_DLL                                    TRACKMEM_BANNED
#include "trackmem/banned.def"
#undef TRACKMEM_BANNED
#undef TRACKMEM_BANNED_DLL

#elif defined(TRACKMEM_BAN_DEFINE) || !defined(__GNUC__)
#define TRACKMEM_BANNED_DEFINE
#include "trackmem/banned.def"
#undef TRACKMEM_BANNED_DEFINE
/* In C an unknown function may be called, and only the linker would complain. */
#if defined(__GNUC__) && !defined(__cplusplus)
#pragma GCC diagnostic error "-Wimplicit-function-declaration"
#elif defined(_MSC_VER)
#pragma warning(error : 4013)
#endif

#else
/*
 * glibc's fortify gives clang an inline vasprintf; clang takes no attribute for what is defined. So
 * this name becomes a macro there.
 */
#if defined(__clang__) && defined(__USE_FORTIFY_LEVEL)
#if __USE_FORTIFY_LEVEL > 0
#define TRACKMEM_BAN_INLINE_VASPRINTF_
#endif
#endif

#if !defined(TRACKMEM_BAN_DECLARED_) || \
    (defined(TRACKMEM_BAN_UNAVAILABLE) && !defined(TRACKMEM_BAN_FINAL_))
#define TRACKMEM_BAN_DECLARED_

#if defined(TRACKMEM_BAN_UNAVAILABLE)
#define TRACKMEM_BAN_FINAL_
#if !__has_attribute(unavailable)
#error "TRACKMEM_BAN_UNAVAILABLE needs gcc 12 or clang: leave it out for the default ban"
#endif
#define TRACKMEM_BAN_AS_(text) __attribute__((__unavailable__(text)))
#else
#define TRACKMEM_BAN_AS_(text) __attribute__((__deprecated__(text)))
#endif

/* What the system's own declaration says, ours must repeat. */
#if defined(__THROW)
#define TRACKMEM_BAN_THROW_ __THROW
#else
#define TRACKMEM_BAN_THROW_
#endif
#if defined(_CRTIMP)
#define TRACKMEM_BAN_DLL_ _CRTIMP
#else
#define TRACKMEM_BAN_DLL_
#endif

/* Who uses mesa.h is told its names. */
#if defined(TRACKMEM_MESA_H)
#define TRACKMEM_BAN_TEXT_(ours, mesa) "use " mesa " (trackmem/ban.h)"
#else
#define TRACKMEM_BAN_TEXT_(ours, mesa) "use " ours " (trackmem/ban.h)"
#endif
#define TRACKMEM_BANNED(name, type, parameters, ours, mesa)           \
    extern type name parameters TRACKMEM_BAN_THROW_ TRACKMEM_BAN_AS_( \
        TRACKMEM_BAN_TEXT_(ours, mesa));
#define TRACKMEM_BANNED_DLL(name, type, parameters, ours, mesa) \
    TRACKMEM_BAN_DLL_ TRACKMEM_BANNED(name, type, parameters, ours, mesa)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls"
#if defined(__clang__)
#pragma GCC diagnostic ignored "-Wignored-attributes"
#endif
#ifdef __cplusplus
extern "C" {
#endif
#include "trackmem/banned.def"
#if defined(TRACKMEM_BAN_INLINE_VASPRINTF_)
extern int vasprintf_is_banned(char **, const char *, va_list)
    TRACKMEM_BAN_AS_(TRACKMEM_BAN_TEXT_("trackmem_vasprintf of trackmem/text.h", "VASPRINTF"));
#endif
#ifdef __cplusplus
}

#if defined(__clang__)
/* What <cstdlib> brought into std is, to clang, the declaration of then, which nobody banned. */
namespace std
{
#if __cplusplus >= 201703L && !defined(_WIN32)
using ::aligned_alloc;
#endif
using ::calloc;
using ::free;
using ::malloc;
using ::realloc;
} // namespace std
#endif

#if !defined(TRACKMEM_BAN_KEEP_NEW) && !defined(TRACKMEM_BAN_UNAVAILABLE)
#define TRACKMEM_BAN_NEW_                                                                   \
    TRACKMEM_BAN_AS_("make the object in a block of trackmem_malloc, by placement new, or " \
                     "give its class an operator new (trackmem/ban.h)")
#define TRACKMEM_BAN_ENDS_ \
    TRACKMEM_BAN_AS_("end the objects and call trackmem_free (trackmem/ban.h)")
#if defined(TRACKMEM_BAN_DELETE)
#define TRACKMEM_BAN_END_ TRACKMEM_BAN_ENDS_
#else
#define TRACKMEM_BAN_END_
#endif
void *operator new(std::size_t) TRACKMEM_BAN_NEW_;
void *operator new[](std::size_t) TRACKMEM_BAN_NEW_;
void *operator new(std::size_t, const std::nothrow_t &) noexcept TRACKMEM_BAN_NEW_;
void *operator new[](std::size_t, const std::nothrow_t &) noexcept TRACKMEM_BAN_NEW_;
void operator delete[](void *) noexcept TRACKMEM_BAN_ENDS_;
void operator delete[](void *, const std::nothrow_t &) noexcept TRACKMEM_BAN_ENDS_;
void operator delete(void *) noexcept TRACKMEM_BAN_END_;
void operator delete(void *, const std::nothrow_t &) noexcept TRACKMEM_BAN_END_;
/* Which of the others an expression means depends on the type, and on what the dialect has. */
#if defined(__cpp_sized_deallocation)
void operator delete[](void *, std::size_t) noexcept TRACKMEM_BAN_ENDS_;
void operator delete(void *, std::size_t) noexcept TRACKMEM_BAN_END_;
#endif
#if defined(__cpp_aligned_new)
void *operator new(std::size_t, std::align_val_t) TRACKMEM_BAN_NEW_;
void *operator new[](std::size_t, std::align_val_t) TRACKMEM_BAN_NEW_;
void *operator new(std::size_t, std::align_val_t,
                   const std::nothrow_t &) noexcept TRACKMEM_BAN_NEW_;
void *operator new[](std::size_t, std::align_val_t,
                     const std::nothrow_t &) noexcept TRACKMEM_BAN_NEW_;
void operator delete[](void *, std::align_val_t) noexcept TRACKMEM_BAN_ENDS_;
void operator delete(void *, std::align_val_t) noexcept TRACKMEM_BAN_END_;
#if defined(__cpp_sized_deallocation)
void operator delete[](void *, std::size_t, std::align_val_t) noexcept TRACKMEM_BAN_ENDS_;
void operator delete(void *, std::size_t, std::align_val_t) noexcept TRACKMEM_BAN_END_;
#endif
#endif
#undef TRACKMEM_BAN_END_
#undef TRACKMEM_BAN_ENDS_
#undef TRACKMEM_BAN_NEW_
#endif
#endif
#pragma GCC diagnostic pop

#undef TRACKMEM_BANNED
#undef TRACKMEM_BANNED_DLL
#undef TRACKMEM_BAN_TEXT_
#undef TRACKMEM_BAN_THROW_
#undef TRACKMEM_BAN_DLL_
#undef TRACKMEM_BAN_AS_
#endif

#if defined(TRACKMEM_BAN_INLINE_VASPRINTF_)
#define vasprintf vasprintf_is_banned
#undef TRACKMEM_BAN_INLINE_VASPRINTF_
#endif

#if !defined(TRACKMEM_BAN_UNAVAILABLE)
#pragma GCC diagnostic error "-Wdeprecated-declarations"
#endif
#endif

#endif
