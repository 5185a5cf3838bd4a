/*
 * platform/linux.c: Linux with glibc or musl. The contract is platform.h.
 */
#define _GNU_SOURCE
#include "platform/platform.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/atomic.h"
#include "platform/self.h"

TMI_THREAD_LOCAL struct tmi_thread *tmi_self_pointer;

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

/* A pipe takes bytes from anywhere and answers EFAULT where there are none. */
static bool readable_by_pipe(const void *address, size_t size)
{
    int ends[2];
    bool readable = true;
    const char *next = address;

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    for (size_t left = size; left > 0 && readable;) {
        size_t part = left < 256 ? left : 256;
        char drain[256];
        ssize_t written = write(ends[1], next, part);

        readable = written > 0 && read(ends[0], drain, (size_t)written) == written;
        next += written > 0 ? written : 0;
        left -= written > 0 ? (size_t)written : 0;
    }
    close(ends[0]);
    close(ends[1]);
    return readable;
}

bool tmi_platform_readable(const void *address, size_t size)
{
    int saved_errno = errno;
    char copy[256];
    const char *next = address;
    bool readable = true;

    while (size > 0 && readable) {
        size_t part = size < sizeof copy ? size : sizeof copy;
        struct iovec to = { copy, part };
        struct iovec from = { (void *)(uintptr_t)next, part };
        ssize_t got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

        if (got < 0 && (errno == ENOSYS || errno == EPERM)) { /* a sandbox, or emulation */
            readable = readable_by_pipe(next, size);
            break;
        }
        readable = got == (ssize_t)part;
        next += part;
        size -= part;
    }
    errno = saved_errno;
    return readable;
}

/* A line of /proc/self/maps: "start-end rw-p offset dev inode   path". */
struct mapping {
    uintptr_t start;
    uintptr_t end;
    bool found;
    bool accessible;
    char path[256];
};

static uintptr_t parse_hex(const char **text)
{
    uintptr_t value = 0;

    for (;; ++*text) {
        char c = **text;
        unsigned digit;

        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (unsigned)(c - 'a') + 10;
        else
            return value;
        value = value << 4 | digit;
    }
}

static bool parse_mapping(const char *line, uintptr_t address, struct mapping *mapping)
{
    const char *next = line;
    uintptr_t start = parse_hex(&next);
    uintptr_t end;
    size_t length = 0;

    next += *next == '-';
    end = parse_hex(&next);
    if (address < start || address >= end)
        return false;
    *mapping = (struct mapping){ .start = start, .end = end, .found = true };
    next += *next == ' ';
    mapping->accessible = *next == 'r';
    for (int spaces = 0; *next != '\0' && spaces < 4; ++next)
        spaces += *next == ' ';
    while (*next != '\0' && *next != ' ') /* the inode */
        ++next;
    while (*next == ' ')
        ++next;
    while (*next != '\0' && length + 1 < sizeof mapping->path)
        mapping->path[length++] = *next++;
    mapping->path[length] = '\0';
    return true;
}

/* Reads the kernel's list without stdio, which would allocate. */
static struct mapping mapping_of(const void *address)
{
    struct mapping mapping = { .found = false };
    char line[512];
    char part[1024];
    size_t length = 0;
    ssize_t got;
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return mapping;
    while (!mapping.found && (got = read(fd, part, sizeof part)) > 0) {
        for (ssize_t i = 0; i < got && !mapping.found; ++i) {
            if (part[i] == '\n') {
                line[length] = '\0';
                parse_mapping(line, (uintptr_t)address, &mapping);
                length = 0;
            } else if (length + 1 < sizeof line) {
                line[length++] = part[i];
            }
        }
    }
    close(fd);
    return mapping;
}

static void join_text(char *text, size_t size, const char *first, const char *second)
{
    size_t length = strnlen(first, size - 1);
    size_t more = strnlen(second, size - 1 - length);

    memcpy(text, first, length);
    memcpy(text + length, second, more);
    text[length + more] = '\0';
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The compiler would warn of the local's address that leaves, if it saw where it goes. */
static uintptr_t stack_address(void)
{
    return (uintptr_t)__builtin_frame_address(0);
}

void tmi_platform_describe_address(const void *address, char *text, size_t size)
{
    int saved_errno = errno;
    struct mapping mapping = mapping_of(address);
    uintptr_t stack = stack_address();
    Dl_info module;

    if (!mapping.found)
        join_text(text, size, "memory that is not mapped", "");
    else if (stack >= mapping.start && stack < mapping.end)
        join_text(text, size, "the stack of this thread", "");
    else if (!mapping.accessible)
        join_text(text, size, "memory that is mapped without access", "");
    else if (dladdr(address, &module) != 0 && module.dli_fname != NULL)
        join_text(text, size, "static data of ", base_name(module.dli_fname));
    else if (strcmp(mapping.path, "[heap]") == 0)
        join_text(text, size, "the C library's heap", "");
    else if (mapping.path[0] == '[')
        join_text(text, size, "the system's mapping ", mapping.path);
    else if (mapping.path[0] != '\0')
        join_text(text, size, "memory mapped from ", mapping.path);
    else
        join_text(text, size, "anonymous memory: mmap's, or the C library's heap", "");
    errno = saved_errno;
}

bool tmi_platform_code_place(const void *address, struct tmi_code_place *place)
{
    Dl_info module;

    if (dladdr(address, &module) == 0 || module.dli_fname == NULL)
        return false;
    place->module = module.dli_fname;
    place->function = module.dli_sname;
    place->offset = (uintptr_t)address - (uintptr_t)module.dli_fbase;
    return true;
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

bool tmi_platform_write(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t written = write(fd, next, size);

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

/* Not nl_langinfo: a program that never calls setlocale is in the "C" locale whatever the user's. */
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
        "1: .4byte tmi_copy_target - 1b\n"
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
