/*
 * platform/maps_linux.h: the kernel's list of what is mapped in this process. For platform/ alone.
 * All is async-signal-safe but for errno, and takes no lock.
 */
#ifndef TMI_PLATFORM_MAPS_LINUX_H
#define TMI_PLATFORM_MAPS_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tmi_map {
    uintptr_t start;
    uintptr_t end;
    uintptr_t offset; /* of start in the file */
    char rights[4];   /* "rw-p" */
    bool of_file;
    const char *path; /* the file's, or what the kernel calls it; "": anonymous */
};

/*
 * Calls fn for each mapping, by ascending address, until it returns false. The map is valid during
 * the call. False: there is no such list, or not all that was wanted of it could be read.
 */
bool tmi_maps_visit(bool (*fn)(const struct tmi_map *map, void *user), void *user);

/* What is mapped at an address. */
struct tmi_mapped {
    bool found;
    bool readable;
    uintptr_t start;
    uintptr_t end;
    uintptr_t offset;
    char path[256]; /* its beginning */
    bool path_is_cut;
    const char
        *head; /* where the file's beginning is mapped, here or further down; NULL: nowhere */
    size_t head_bytes;
};
struct tmi_mapped tmi_mapped_at(const void *address);

/* Takes the kernel's mark from the path of a file that was deleted or replaced. */
void tmi_maps_strip_deleted(char *path);

#endif
