/*
 * platform/linux.c: Linux with glibc or musl, but for what asks whose an address is
 * (linux_address.c). The contract is platform.h.
 */
#define _GNU_SOURCE
#include "platform/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/atomic.h"
#include "platform/self.h"
#include "trackmem/link_guard.h"

TMI_THREAD_LOCAL struct tmi_thread *tmi_self_pointer;
TMI_THREAD_LOCAL struct tmi_thread *tmi_checked_self_pointer;

/* All that this file keeps. */
static struct {
    pthread_key_t thread_key;
    bool thread_key_made;
} linux_state;

void *tmi_platform_map(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return pages == MAP_FAILED ? NULL : pages;
}

void tmi_platform_unmap(void *pages, size_t size)
{
    munmap(pages, size);
}

bool tmi_platform_thread_init(void (*fn)(void *value))
{
    if (!linux_state.thread_key_made)
        linux_state.thread_key_made = pthread_key_create(&linux_state.thread_key, fn) == 0;
    return linux_state.thread_key_made;
}

void tmi_platform_thread_set(void *value)
{
    if (linux_state.thread_key_made)
        pthread_setspecific(linux_state.thread_key, value);
}

bool tmi_platform_thread_is_kept(void)
{
    return linux_state.thread_key_made;
}

void *tmi_platform_thread_value(void)
{
    return linux_state.thread_key_made ? pthread_getspecific(linux_state.thread_key) : NULL;
}

void tmi_platform_thread_finish(void)
{
    if (linux_state.thread_key_made)
        pthread_key_delete(linux_state.thread_key);
    linux_state.thread_key_made = false;
}

void tmi_platform_at_fork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    pthread_atfork(prepare, parent, child);
}

/* 0 free, 1 held, 2 held and somebody sleeps on it: Drepper's third mutex. */
void tmi_platform_lock(struct tmi_lock *lock)
{
    uint32_t was = 0;

    if (__atomic_compare_exchange_n(&lock->word, &was, 1, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return;
    if (was != 2)
        was = __atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE);
    while (was != 0) {
        int saved_errno = errno;

        syscall(SYS_futex, &lock->word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
        errno = saved_errno;
        was = __atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE);
    }
}

void tmi_platform_unlock(struct tmi_lock *lock)
{
    if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) == 2)
        syscall(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* The C library reads files for it. */
uint32_t tmi_platform_processors(void)
{
    int saved_errno = errno;
    uint32_t count = 1;
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        count = (uint32_t)CPU_COUNT(&set);
    else if (errno == EINVAL)
        count = CPU_SETSIZE; /* there are more */
    errno = saved_errno;
    return count;
}

void tmi_platform_yield(void)
{
    sched_yield();
}

/* Registering is cheap and may be repeated. */
bool tmi_platform_has_barrier(void)
{
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void tmi_platform_barrier(void)
{
    int saved_errno = errno;

    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    errno = saved_errno;
}

const char *tmi_platform_environment(const char *name)
{
    return getauxval(AT_SECURE) != 0 ? NULL : getenv(name);
}

/* A file that may not grow further (ulimit -f) would end the program by SIGXFSZ. */
static ssize_t write_some(int fd, const void *bytes, size_t size)
{
    const struct timespec at_once = { 0, 0 };
    sigset_t too_large;
    sigset_t before;
    sigset_t pending;
    ssize_t written;
    int error;

    (void)sigemptyset(&too_large);
    (void)sigaddset(&too_large, SIGXFSZ);
    (void)pthread_sigmask(SIG_BLOCK, &too_large, &before);
    (void)sigpending(&pending);
    written = write(fd, bytes, size);
    error = errno;
    if (written < 0 && error == EFBIG && sigismember(&pending, SIGXFSZ) == 0)
        (void)sigtimedwait(&too_large, NULL, &at_once);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return written;
}

bool tmi_platform_write(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t written = write_some(fd, next, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        next += written;
        size -= (size_t)written;
    }
    return true;
}

int tmi_platform_create_file(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

void tmi_platform_close(int fd)
{
    close(fd);
}

bool tmi_platform_colour_terminal(int fd)
{
    int saved_errno = errno;
    const char *terminal = getenv("TERM");
    const char *no_colour = getenv("NO_COLOR");
    bool colour = isatty(fd) != 0 && (no_colour == NULL || no_colour[0] == '\0') &&
                  terminal != NULL && strcmp(terminal, "dumb") != 0;

    errno = saved_errno;
    return colour;
}

/* Not nl_langinfo: a program that never calls setlocale is in "C" whatever the user's locale. */
bool tmi_platform_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL;
    }
    return false;
}

uint32_t tmi_platform_process_id(void)
{
    return (uint32_t)getpid();
}

const char *tmi_platform_program(void)
{
    return program_invocation_short_name != NULL ? program_invocation_short_name : "";
}

uintptr_t tmi_platform_random(void)
{
    uintptr_t word = 0;

    if (getrandom(&word, sizeof word, GRND_NONBLOCK) != (ssize_t)sizeof word)
        memcpy(&word, (const void *)getauxval(AT_RANDOM), sizeof word); /* the kernel's gift */
    return word;
}

int tmi_platform_error(void)
{
    return errno;
}

void tmi_platform_set_error(int error)
{
    errno = error;
}

/* Theirs, if the program was built with them. */
extern void __asan_init(void) __attribute__((__weak__));
extern void __lsan_do_leak_check(void) __attribute__((__weak__));

bool tmi_platform_heap_is_watched(void)
{
    static const char tool[] = "vgpreload_"; /* "core" comes with each, and does nothing */
    const char *preload = getenv("LD_PRELOAD");
    bool valgrind = false;

    while (preload != NULL && (preload = strstr(preload, tool)) != NULL) {
        preload += sizeof tool - 1;
        valgrind = valgrind || strncmp(preload, "core", 4) != 0;
    }
    return valgrind || __asan_init != NULL || __lsan_do_leak_check != NULL;
}

_Noreturn void tmi_platform_abort(void)
{
    abort();
}

/*
 * The note of this copy (see platform.h): name "trackmem", and as its content the distance from
 * there to tmi_copy_target, which needs no relocation and so stands in read-only memory.
 */
__asm__(".pushsection .note.trackmem, \"a\", %note\n"
        ".balign 4\n"
        ".4byte 9, 4, 1\n"
        ".asciz \"trackmem\"\n"
        ".balign 4\n"
        "1: .4byte " TRACKMEM_PREFIX_TEXT_ "tmi_copy_target - 1b\n"
        ".popsection\n");

struct copy_visit {
    void (*fn)(const void *target, const char *path, void *user);
    void *user;
};

static void visit_notes(const struct copy_visit *visit, const char *path, const char *notes,
                        size_t size)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        size_t name_size;
        size_t content_size;
        const char *content;
        int32_t distance;

        memcpy(&note, notes, sizeof note);
        name_size = ((size_t)note.n_namesz + 3) & ~(size_t)3;
        content_size = ((size_t)note.n_descsz + 3) & ~(size_t)3;
        if (size - sizeof note < name_size || size - sizeof note - name_size < content_size)
            return;
        content = notes + sizeof note + name_size;
        if (note.n_type == 1 && note.n_namesz == 9 && note.n_descsz == 4 &&
            memcmp(notes + sizeof note, "trackmem", 9) == 0) {
            memcpy(&distance, content, sizeof distance);
            visit->fn(content + distance, path, visit->user);
        }
        notes = content + content_size;
        size -= sizeof note + name_size + content_size;
    }
}

static int visit_module(struct dl_phdr_info *module, size_t size, void *user)
{
    const char *path = module->dlpi_name[0] != '\0' ? module->dlpi_name : "the program";

    (void)size;
    for (int i = 0; i < module->dlpi_phnum; ++i) {
        const ElfW(Phdr) *header = &module->dlpi_phdr[i];

        if (header->p_type == PT_NOTE)
            visit_notes(user, path, (const char *)(module->dlpi_addr + header->p_vaddr),
                        header->p_memsz);
    }
    return 0;
}

void tmi_platform_visit_copies(void (*fn)(const void *target, const char *path, void *user),
                               void *user)
{
    struct copy_visit visit = { fn, user };

    dl_iterate_phdr(visit_module, &visit);
}
