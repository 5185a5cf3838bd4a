/*
 * trackmem/link_guard.h: what keeps objects built with and without TRACKMEM_DISABLE apart at link
 * time. Private to compiler.h.
 *
 * Each object that includes a header of ours defines one strong absolute symbol, whose name is the
 * message and whose value is the object's mode. Linkers take one that is defined again for the same
 * while it has the same value; two modes bring two values, so that it is defined twice, and the
 * linker names it. Nothing of it is loaded or run. Copies with different TRACKMEM_PREFIX do not
 * concern each other.
 *
 * Works with GNU ld, gold, lld and Microsoft's linker, with -flto of gcc and of clang.
 * TRACKMEM_NO_LINK_GUARD leaves it out.
 */
#ifndef TRACKMEM_LINK_GUARD_H
#define TRACKMEM_LINK_GUARD_H

#if defined(TRACKMEM_DISABLE)
#define TRACKMEM_MODE_ "2"
#elif defined(TRACKMEM_SMALL) /* whose structures are others (small_layout.h): a mode, too */
#define TRACKMEM_MODE_ "3"
#else
#define TRACKMEM_MODE_ "1"
#endif

#ifdef TRACKMEM_PREFIX
#define TRACKMEM_TEXT_OF_(x)  #x
#define TRACKMEM_TEXT_(x)     TRACKMEM_TEXT_OF_(x)
#define TRACKMEM_PREFIX_TEXT_ TRACKMEM_TEXT_(TRACKMEM_PREFIX)
#else
#define TRACKMEM_PREFIX_TEXT_ ""
#endif

#define TRACKMEM_MIXED_ \
    TRACKMEM_PREFIX_TEXT_ "trackmem_error_objects_with_and_without_TRACKMEM_DISABLE_are_mixed"

#if defined(__GNUC__) && !defined(TRACKMEM_NO_LINK_GUARD) && (defined(__ELF__) || defined(_WIN32))

#if defined(__ELF__)
#define TRACKMEM_HIDE_MIXED_ ".hidden " TRACKMEM_MIXED_ "\n"
#else
#define TRACKMEM_HIDE_MIXED_
#endif

/* -flto assembles many objects as one: there the assembler says what the linker would. */
#define TRACKMEM_GUARD_                                                         \
    ".ifdef " TRACKMEM_MIXED_ "\n.if " TRACKMEM_MIXED_ " != " TRACKMEM_MODE_    \
    "\n.error \"" TRACKMEM_MIXED_ "\"\n.endif\n.endif\n.globl " TRACKMEM_MIXED_ \
    "\n" TRACKMEM_HIDE_MIXED_ ".set " TRACKMEM_MIXED_ ", " TRACKMEM_MODE_ "\n"

#if defined(__clang__)
/* Not at file scope: there clang's -flto lists the symbol as one that each object defines. */
__attribute__((__naked__, __used__, __aligned__(1), __section__(".text.trackmem"))) static void
trackmem_link_guard_(void)
{
    __asm__(TRACKMEM_GUARD_);
}
#else
__asm__(TRACKMEM_GUARD_);
#endif

#elif defined(_MSC_VER)
#pragma detect_mismatch("TRACKMEM_DISABLE", TRACKMEM_MODE_)
#endif

#endif
