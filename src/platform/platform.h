/*
 * platform/platform.h: what trackmem asks of a system. One file per system implements it all.
 *
 * Shared conditions: no function allocates from a heap or calls back into trackmem; every function
 * may be called by any thread, before main and during exit; sizes are bytes. What a system does not
 * have is an honest stub, and says so here.
 */
#ifndef TMI_PLATFORM_PLATFORM_H
#define TMI_PLATFORM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Maps size bytes of zeroed memory, page aligned, whose pages cost nothing until touched.
 * Returns NULL when there is none. Bare metal: from a static pool, to which only what
 * was mapped last returns.
 */
void *tmi_platform_map(size_t size);
void tmi_platform_unmap(void *pages, size_t size);

/*
 * Whether size bytes at address can be read without a fault, now. Slow (a system call).
 */
bool tmi_platform_readable(const void *address, size_t size);

/*
 * Says whose memory an address is, for reports: "the stack of this thread", "static data of
 * ./demo", "memory mapped from FILE", "not mapped". Writes at most size bytes, ended by NUL.
 */
void tmi_platform_describe_address(const void *address, char *text, size_t size);

/*
 * Names the code at a return address: the module's path (or base name) and the offset in it, and
 * the function if the dynamic symbol table tells. False: not known. Texts are valid while the
 * module is loaded.
 */
struct tmi_code_place {
    const char *module;
    const char *function;
    uintptr_t offset;
};
bool tmi_platform_code_place(const void *address, struct tmi_code_place *place);

/*
 * Thread end: fn(value) runs when a thread ends for which tmi_platform_thread_set was called with
 * a value other than NULL. init is called once, before any set; false: there are no such ends.
 */
bool tmi_platform_thread_init(void (*fn)(void *value));
void tmi_platform_thread_set(void *value);

/* Whether what is set is kept: from init to finish. */
bool tmi_platform_thread_is_kept(void);

/* What the calling thread has set; NULL if nothing, and while and after it ends. */
void *tmi_platform_thread_value(void);

/* Ends that service: our code is about to be unloaded. */
void tmi_platform_thread_finish(void);

/*
 * Fork: the three run as pthread_atfork has it. Systems without fork never call them.
 */
void tmi_platform_at_fork(void (*prepare)(void), void (*parent)(void), void (*child)(void));

/*
 * Runs fn(argument) in a copy of this process that has only the calling thread, and waits for its
 * end, or ends it after so many milliseconds. quiet: what it prints is lost. False: there was no
 * process, or the system has no such copies (can_run_apart tells).
 */
enum tmi_ending { TMI_ENDING_EXIT, TMI_ENDING_SIGNAL, TMI_ENDING_TIMEOUT };
struct tmi_apart {
    enum tmi_ending ending;
    int code;           /* of the exit; of the signal */
    const char *signal; /* its name, "SIGSEGV"; "" if it is none or not known */
};
bool tmi_platform_can_run_apart(void);
bool tmi_platform_run_apart(void (*fn)(void *argument), void *argument, uint32_t milliseconds,
                            bool quiet, struct tmi_apart *apart);

/* As tmi_platform_map, but copies of this process share it. NULL where there are no copies. */
void *tmi_platform_map_shared(size_t size);

/*
 * A lock for slow paths, 0 when free. Not recursive. May put the thread to sleep.
 */
struct tmi_lock {
    uint32_t word;
};
void tmi_platform_lock(struct tmi_lock *lock);
void tmi_platform_unlock(struct tmi_lock *lock);

/* How many processors the process may run on, or about as many. */
uint32_t tmi_platform_processors(void);

/* Lets other threads run. */
void tmi_platform_yield(void);

/*
 * A barrier in every running thread of the process at once: what they wrote before is seen by the
 * caller, what the caller wrote before is seen by them. Slow. has_barrier: whether the system can.
 */
bool tmi_platform_has_barrier(void);
void tmi_platform_barrier(void);

/*
 * The value of an environment variable; NULL if unset, and always in a privileged process.
 */
const char *tmi_platform_environment(const char *name);

/*
 * Writes all of size bytes; false if they could not be written, and errno says why. Bare metal: the
 * debug console.
 */
bool tmi_platform_write(int fd, const void *bytes, size_t size);

/* Opens a file for writing, made anew; -1 on failure. closes it. Bare metal: -1. */
int tmi_platform_create_file(const char *path);
void tmi_platform_close(int fd);

/* Whether fd is a terminal that takes colour, whether the locale's texts are UTF-8. */
bool tmi_platform_colour_terminal(int fd);
bool tmi_platform_utf8(void);

/* The number of this process, and the name of its program without folders ("" if unknown). */
uint32_t tmi_platform_process_id(void);
const char *tmi_platform_program(void);

/* A word that a stranger cannot guess; differs from run to run where the system can. */
uintptr_t tmi_platform_random(void);

/* The C library's errno; 0 where there is none. */
int tmi_platform_error(void);
void tmi_platform_set_error(int error);
/* In words, why a file could not be made or written; NULL: no words for it. */
const char *tmi_platform_error_words(int error);

/*
 * Whether a tool watches the heap of this process that must see every free: AddressSanitizer and
 * LeakSanitizer in the program, Valgrind.
 */
bool tmi_platform_heap_is_watched(void);

/* Ends the program at once, abnormally. */
_Noreturn void tmi_platform_abort(void);

/*
 * Copies of trackmem in one process find each other by a note that each carries in its module.
 * Calls fn for each copy, this one too, with the address in memory of what the note points at and
 * the module's path. Systems without notes call it for nobody.
 */
void tmi_platform_visit_copies(void (*fn)(const void *target, const char *path, void *user),
                               void *user);

#endif
