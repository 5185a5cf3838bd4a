/*
 * platform/linux_address.c: Linux: what stands at an address, by the kernel's list of mappings and
 * the loader's list of modules. For reports; takes the loader's lock. The contract is platform.h.
 */
#define _GNU_SOURCE
#include "platform/platform.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/uio.h>
#include <unistd.h>

#include "platform/code.h"
#include "platform/maps_linux.h"

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
    uintptr_t next = (uintptr_t)address; /* the last bytes there are may be asked for */
    bool readable = true;

    while (size > 0 && readable) {
        size_t part = size < sizeof copy ? size : sizeof copy;
        struct iovec to = { copy, part };
        struct iovec from = { (void *)next, part };
        ssize_t got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

        if (got < 0 && (errno == ENOSYS || errno == EPERM)) { /* a sandbox, or emulation */
            readable = readable_by_pipe((const void *)next, size);
            break;
        }
        readable = got == (ssize_t)part;
        next += part;
        size -= part;
    }
    errno = saved_errno;
    return readable;
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

/* A module of the process, by what is loaded of it; dladdr knows none in a static program. */
struct module {
    uintptr_t address; /* that it covers */
    const char *path;  /* NULL: not found */
    uintptr_t base;
};

/* The program itself has no name in the list, or, by a static musl, one that says nothing. */
static bool names_itself(const char *name)
{
    return name[0] != '\0' && strcmp(name, "/proc/self/exe") != 0;
}

static int match_module(struct dl_phdr_info *info, size_t size, void *user)
{
    struct module *module = user;

    (void)size;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];

        if (header->p_type != PT_LOAD ||
            module->address - (info->dlpi_addr + header->p_vaddr) >= header->p_memsz)
            continue;
        module->path = names_itself(info->dlpi_name) ? info->dlpi_name
                                                     : (const char *)getauxval(AT_EXECFN);
        module->base = info->dlpi_addr;
        return 1;
    }
    return 0;
}

static struct module module_of(const void *address)
{
    struct module module = { .address = (uintptr_t)address };

    dl_iterate_phdr(match_module, &module);
    return module;
}

void tmi_platform_describe_address(const void *address, char *text, size_t size)
{
    int saved_errno = errno;
    struct tmi_mapped mapping = tmi_mapped_at(address);
    uintptr_t stack = stack_address();
    struct module module = module_of(address);

    if (!mapping.found)
        join_text(text, size, "memory that is not mapped", "");
    else if (stack >= mapping.start && stack < mapping.end)
        join_text(text, size, "the stack of this thread", "");
    else if (!mapping.readable)
        join_text(text, size, "memory that is mapped without access", "");
    else if (module.path != NULL)
        join_text(text, size, "static data of ", base_name(module.path));
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
    Dl_info known;
    struct module module;

    if (dladdr(address, &known) != 0 && known.dli_fname != NULL) {
        place->module = known.dli_fname;
        place->function = known.dli_sname;
        place->offset = (uintptr_t)address - (uintptr_t)known.dli_fbase;
        return true;
    }
    module = module_of(address);
    place->module = module.path;
    place->function = NULL;
    place->offset = (uintptr_t)address - module.base;
    return module.path != NULL;
}

/*
 * Both C libraries keep the record of a thread at the top of its stack, above all frames; what is
 * mapped above that may be another mapping that the kernel joined, and go away.
 */
bool tmi_platform_stack_bounds(const void *address, struct tmi_stack_bounds *bounds)
{
    int saved_errno = errno;
    struct tmi_mapped mapping = tmi_mapped_at(address);
    uintptr_t record = (uintptr_t)pthread_self();

    errno = saved_errno;
    if (!mapping.found || !mapping.readable)
        return false;
    bounds->start = mapping.start;
    bounds->end = record > (uintptr_t)address && record < mapping.end ? record : mapping.end;
    return true;
}
