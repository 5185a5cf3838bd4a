/*
 * platform/code_linux.c: the modules of a process on Linux, by the loader's list; code.h.
 *
 * The list is read with the loader's lock held (a recursive one), and nothing is allocated.
 */
#define _GNU_SOURCE
#include "platform/code.h"
#include "platform/maps_linux.h"

#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

struct visit {
    void (*fn)(const struct tmi_loaded_module *module, void *user);
    void *user;
    uintptr_t seen; /* the state of the call before */
    uintptr_t state;
    bool begun;
    bool past_loader;
};

/* Copies the build-id out of the notes; returns its bytes, or 0. */
static uint32_t find_build_id(const char *notes, size_t size, uint8_t build_id[TMI_BUILD_ID_MOST])
{
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        size_t name_size;
        size_t content_size;

        memcpy(&note, notes, sizeof note);
        name_size = ((size_t)note.n_namesz + 3) & ~(size_t)3;
        content_size = ((size_t)note.n_descsz + 3) & ~(size_t)3;
        notes += sizeof note;
        size -= sizeof note;
        if (size < name_size || size - name_size < content_size)
            return 0;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(notes, "GNU", 4) == 0) {
            content_size = note.n_descsz < TMI_BUILD_ID_MOST ? note.n_descsz : TMI_BUILD_ID_MOST;
            memcpy(build_id, notes + name_size, content_size);
            return (uint32_t)content_size;
        }
        notes += name_size + content_size;
        size -= name_size + content_size;
    }
    return 0;
}

static struct tmi_loaded_module describe(const struct dl_phdr_info *info)
{
    struct tmi_loaded_module module = { .start = UINTPTR_MAX, .base = info->dlpi_addr };

    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + header->p_vaddr;

        if (header->p_type == PT_LOAD) {
            module.start = start < module.start ? start : module.start;
            module.end = start + header->p_memsz > module.end ? start + header->p_memsz
                                                              : module.end;
        } else if (header->p_type == PT_NOTE && module.build_id_size == 0) {
            module.build_id_size = find_build_id((const char *)start, header->p_memsz,
                                                 module.build_id);
        }
    }
    return module;
}

/* What the program was started as may be relative to a folder it has left: the kernel knows. */
static const char *path_of_program(char *buffer, size_t size)
{
    int saved_errno = errno;
    ssize_t length = readlink("/proc/self/exe", buffer, size - 1);

    if (length > 0) {
        buffer[length] = '\0';
        tmi_maps_strip_deleted(buffer);
    }
    errno = saved_errno;
    return length > 0 ? buffer : (const char *)getauxval(AT_EXECFN);
}

/*
 * The loader lists first what the program was started with, itself among it; what is loaded later
 * goes to the end of the list. The rest of the first is not known as such.
 */
static bool starts_with_program(struct visit *visit, uintptr_t base)
{
    uintptr_t loader = (uintptr_t)getauxval(AT_BASE);
    bool starts = !visit->begun || (loader != 0 && !visit->past_loader);

    visit->begun = true;
    visit->past_loader |= base == loader;
    return starts;
}

static int visit_module(struct dl_phdr_info *info, size_t size, void *user)
{
    struct visit *visit = user;
    struct tmi_loaded_module module;
    char program[4096];

    /* Both only grow, so their sum tells; plus one, so that it is not 0. */
    if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof info->dlpi_subs)
        visit->state = (uintptr_t)(info->dlpi_adds + info->dlpi_subs + 1);
    if (visit->state != 0 && visit->state == visit->seen)
        return 1;
    module = describe(info);
    module.path = info->dlpi_name;
    if (module.path[0] == '\0' || strcmp(module.path, "/proc/self/exe") == 0)
        module.path = module.start <= (uintptr_t)getauxval(AT_PHDR) &&
                              (uintptr_t)getauxval(AT_PHDR) < module.end
                          ? path_of_program(program, sizeof program)
                          : "";
    module.lasting = starts_with_program(visit, info->dlpi_addr);
    if (module.start < module.end)
        visit->fn(&module, visit->user);
    return 0;
}

bool tmi_platform_visit_modules(uintptr_t *state,
                                void (*fn)(const struct tmi_loaded_module *module, void *user),
                                void *user)
{
    struct visit visit = { .fn = fn, .user = user, .seen = *state };

    dl_iterate_phdr(visit_module, &visit);
    *state = visit.state;
    return visit.state == 0 || visit.state != visit.seen;
}

/* By the file's own headers, which are mapped with its beginning: the loader's lock may be held. */
static void read_headers(const struct tmi_mapped *mapped, struct tmi_code_file *file)
{
    uintptr_t in_file = file->offset;
    ElfW(Ehdr) head;

    if (mapped->head == NULL || mapped->head_bytes < sizeof head)
        return;
    memcpy(&head, mapped->head, sizeof head);
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_phentsize != sizeof(ElfW(Phdr)))
        return;
    for (uint32_t i = 0; i < head.e_phnum; ++i) {
        size_t at = head.e_phoff + i * sizeof(ElfW(Phdr));
        ElfW(Phdr) header;

        if (at > mapped->head_bytes || mapped->head_bytes - at < sizeof header)
            return;
        memcpy(&header, mapped->head + at, sizeof header);
        if (header.p_type == PT_LOAD && in_file - header.p_offset < header.p_filesz)
            file->offset = in_file - header.p_offset + header.p_vaddr;
        if (header.p_type == PT_NOTE && file->build_id_size == 0 &&
            header.p_offset < mapped->head_bytes &&
            header.p_filesz <= mapped->head_bytes - header.p_offset)
            file->build_id_size = find_build_id(mapped->head + header.p_offset, header.p_filesz,
                                                file->build_id);
    }
}

bool tmi_platform_code_file(const void *address, struct tmi_code_file *file)
{
    int saved_errno = errno;
    struct tmi_mapped mapped = tmi_mapped_at(address);

    *file = (struct tmi_code_file){ .offset = (uintptr_t)address - mapped.start + mapped.offset };
    if (mapped.found && mapped.path[0] == '/' && !mapped.path_is_cut) {
        memcpy(file->path, mapped.path, sizeof file->path);
        tmi_maps_strip_deleted(file->path);
        read_headers(&mapped, file);
    }
    errno = saved_errno;
    return file->path[0] != '\0';
}
