/*
 * platform/threads.h: holds all other threads of the process still for a moment, so that its memory
 * can be read as it stands at one point. One file per system.
 *
 * The conditions of platform.h hold. While they are held a thread may have any lock: whoever calls
 * takes none that another may hold (of ours, of the C library or the loader), and no callback runs.
 */
#ifndef TMI_PLATFORM_THREADS_H
#define TMI_PLATFORM_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the general registers and those of the floating point unit. */
#define TMI_THREAD_WORDS (1600 / sizeof(uintptr_t))

struct tmi_held_thread {
    uint32_t id;
    bool held;
    int signal;        /* that it was about to receive */
    uintptr_t stack;   /* its stack pointer; 0: not known */
    uintptr_t pointer; /* its thread pointer, which lies at the end of its stack; 0: not known */
    size_t word_count;
    uintptr_t words[TMI_THREAD_WORDS]; /* what its registers hold */
};

/* Of the other threads: how many are held, how many ran on, and why. */
struct tmi_held_threads {
    size_t held;
    size_t running;
    char why[96];   /* "ptrace: Operation not permitted"; "" if none ran on */
    size_t entries; /* of list: with those that ended meanwhile, or ran on */
    struct tmi_held_thread *list;
    void *work; /* the system's own */
};

/* How many bytes the two below want to work with, for the threads that there are now. */
size_t tmi_threads_work_bytes(void);

/*
 * Holds all other threads; waits a second at most for those that do not stop. The calling thread
 * gets no signal meanwhile. memory: zeroed, of so many bytes, for as long as they are held.
 */
void tmi_threads_hold(struct tmi_held_threads *threads, void *memory, size_t bytes);
void tmi_threads_release(struct tmi_held_threads *threads);

#endif
