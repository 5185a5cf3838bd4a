/*
 * trackmem/link_guard.h: what keeps objects built with and without TRACKMEM_DISABLE apart at link
 * time. Private to compiler.h.
 *
 * Each object that includes a header of ours carries one strong symbol, whose name is the message,
 * in an empty section that the linker keeps once for each mode. Objects of one mode agree on their
 * section; two modes bring two, so that the symbol is defined twice, and the linker names it.
 * Nothing of it is loaded or run. Copies with different TRACKMEM_PREFIX do not concern each other.
 *
 * Works with GNU ld, gold, lld and Microsoft's linker, and with gcc's -flto. lld keeps such
 * sections of clang's -flto apart from those of other objects, and takes them for two: there define
 * TRACKMEM_NO_LINK_GUARD.
 */
#ifndef TRACKMEM_LINK_GUARD_H
#define TRACKMEM_LINK_GUARD_H

#ifdef TRACKMEM_DISABLE
#define TRACKMEM_MODE_       "off"
#define TRACKMEM_OTHER_MODE_ "on"
#elif defined(TRACKMEM_SMALL) /* whose structures are others (small_layout.h): a mode, too */
#define TRACKMEM_MODE_       "small"
#define TRACKMEM_OTHER_MODE_ "on"
#else
#define TRACKMEM_MODE_       "on"
#define TRACKMEM_OTHER_MODE_ "off"
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
#define TRACKMEM_GROUP_ TRACKMEM_PREFIX_TEXT_ "trackmem_objects_" TRACKMEM_MODE_
#define TRACKMEM_LABEL_ ".L" TRACKMEM_PREFIX_TEXT_ "trackmem_"

#if defined(__GNUC__) && !defined(TRACKMEM_NO_LINK_GUARD) && (defined(__ELF__) || defined(_WIN32))

#if defined(__ELF__)
/* gcc would group a section by name; the directive has groups of its own. */
#define TRACKMEM_GUARD_SECTION_                                                              \
    ".pushsection .trackmem." TRACKMEM_MODE_ ",\"G\",%progbits," TRACKMEM_GROUP_ ",comdat\n" \
    ".globl " TRACKMEM_MIXED_ "\n.hidden " TRACKMEM_MIXED_ "\n" TRACKMEM_MIXED_ ":\n.popsection\n"
#else
/* The first symbol is the section's key. */
#define TRACKMEM_GUARD_SECTION_                                       \
    ".section .rdata$" TRACKMEM_GROUP_ ",\"dr\"\n.linkonce discard\n" \
    ".globl " TRACKMEM_GROUP_ "\n" TRACKMEM_GROUP_ ":\n"              \
    ".globl " TRACKMEM_MIXED_ "\n" TRACKMEM_MIXED_ ":\n.byte 0\n.text\n"
#endif

/* -flto assembles many objects as one: there the labels tell what was met before. */
#define TRACKMEM_GUARD_                                                                         \
    ".ifdef " TRACKMEM_LABEL_ TRACKMEM_OTHER_MODE_ "\n.error \"" TRACKMEM_MIXED_ "\"\n.endif\n" \
    ".ifndef " TRACKMEM_LABEL_ TRACKMEM_MODE_ "\n.set " TRACKMEM_LABEL_ TRACKMEM_MODE_          \
    ", 1\n" TRACKMEM_GUARD_SECTION_ ".endif\n"

#if defined(__clang__)
/* Not at file scope: there clang's -flto takes the symbol for one outside of its section. */
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
