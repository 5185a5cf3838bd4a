/*
 * platform/fault.h: catches accesses to memory that is not there, or not accessible. One file per
 * system.
 *
 * The conditions of platform.h hold; on Linux what is called in a fault is async-signal-safe.
 */
#ifndef TMI_PLATFORM_FAULT_H
#define TMI_PLATFORM_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tmi_access { TMI_ACCESS_UNKNOWN, TMI_ACCESS_READ, TMI_ACCESS_WRITE, TMI_ACCESS_EXECUTE };

struct tmi_fault {
    const void *address;
    bool address_known;  /* false: the processor does not tell; then address is NULL */
    size_t within_bytes; /* 1; or a page, where the processor tells no more, which begins there */
    enum tmi_access access;
    const void *code; /* the instruction */
    uintptr_t stack; /* the registers of the fault: stack pointer, frame pointer, and that of the */
    uintptr_t frame; /* return address where there is one; 0: not known */
    uintptr_t link;
};

enum tmi_fault_answer {
    TMI_FAULT_PASS_ON, /* the handler before ours gets it, or the default action follows */
    TMI_FAULT_RETRY    /* the instruction is run again */
};

/*
 * Who is asked about each fault of any thread, on that thread. A fault of a thread that is being
 * asked already ends that: after one line on standard error, give_up is called and the first one is
 * passed on, or the second, where that took the stack of the first; on Windows the second is, and
 * give_up is not called. stack: of TMI_FAULT_STACK_BYTES, the calling thread's; or NULL.
 */
struct tmi_fault_catcher {
    enum tmi_fault_answer (*ask)(const struct tmi_fault *fault);
    void (*give_up)(void);
    void *(*stack)(void);
};

/*
 * False: this system cannot. A handler that the program installs later comes first, and only it.
 * May be called again. The catcher stays.
 */
bool tmi_fault_catch(const struct tmi_fault_catcher *catcher);

/* Puts back what was there before: our code is about to be unloaded. */
void tmi_fault_release(void);

/*
 * Whether code is one of the functions marked TMI_LOOKS, of which these are all. They read what
 * stands before a pointer before anything is known of it.
 */
typedef void tmi_code_fn(void);
bool tmi_fault_is_look(const void *code, tmi_code_fn *const *looks, size_t count);

/*
 * Whether the calling thread is being asked. Whoever is must take no lock that may be its own.
 */
bool tmi_fault_is_handled_here(void);

/*
 * Gives the calling thread size bytes at stack to handle faults on, unless it has a signal stack of
 * its own; and takes them away before it ends. Systems that need none do nothing.
 */
#define TMI_FAULT_STACK_BYTES 65536u
void tmi_fault_thread_begin(void *stack, size_t size);
void tmi_fault_thread_end(void *stack);

#endif
