/*
 * stack/unwind.h: unwinders, one a file; the build chooses. They find every frame, also of code
 * without frame pointers, by the tables that compilers leave for exceptions.
 *
 *   unwind_compiler.c   the compiler's own, _Unwind_Backtrace: 0.1 us a frame
 *   unwind_windows.c    RtlVirtualUnwind
 *   unwind_none.c       no tables: no stacks
 *   quick_libunwind.c   libunwind, which remembers what it found: 0.01 us a frame, addresses only
 *   quick_none.c        the same without libunwind
 */
#ifndef TMI_STACK_UNWIND_H
#define TMI_STACK_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tmi_unwound {
    uintptr_t pc;    /* as stack.h keeps it */
    uintptr_t stack; /* the stack pointer once the call has returned */
    uintptr_t frame; /* the frame pointer's register there; 0 if not known */
};

/* Where to begin: the first frame whose stack pointer lies above `frame`, or whose pc is `pc`. */
struct tmi_unwind_start {
    const void *frame;
    uintptr_t pc; /* 0: begin by frame */
};

/* Allocates on its first call, perhaps; later ones don't. */
void tmi_unwind_prepare(void);

/*
 * Frames of the calling thread from start on, at most `most`. *complete: the outermost was
 * reached. Returns the count; 0 if none was found.
 */
size_t tmi_unwind(const struct tmi_unwind_start *start, struct tmi_unwound *frames, size_t most,
                  bool *complete);

/*
 * The addresses alone, from the return address `from` on. Returns the count; 0: there is no quick
 * unwinder, or it does not see that address. after_fork, in the child: there is none from then on.
 */
void tmi_unwind_quick_prepare(void);
void tmi_unwind_quick_after_fork(void);
size_t tmi_unwind_quick(uintptr_t from, uintptr_t *frames, size_t most);

#endif
