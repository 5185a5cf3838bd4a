/*
 * audit/objects.h: what refers to which symbols in the object files, archives and linked images of
 * a path. By LLVM's object library, which reads ELF, PE/COFF and Mach-O.
 *
 * A damaged file may make LLVM abort: the caller runs this in a process of its own (worker.h).
 */
#ifndef TMT_AUDIT_OBJECTS_H
#define TMT_AUDIT_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is found is handed on at once; the strings live for the call only. */
struct tmt_object_events {
    void *user;
    /*
     * An object begins; what follows is about it. member: its name in an archive or universal
     * file, else "". format: as LLVM calls it ("elf64-x86-64"), or "bitcode". underscored: see
     * tmt_allocator_find.
     */
    void (*object)(void *user, const char *member, const char *format, bool underscored);
    /* Whether the audit wants to hear of this symbol at all. */
    bool (*wants)(void *user, const char *symbol);
    /* function: whose code or data refers to it, "" where that cannot be told. */
    void (*reference)(void *user, const char *function, const char *symbol, size_t count);
    /* Something could not be read. member: in which part, or "". */
    void (*failure)(void *user, const char *member, const char *what);
};

/*
 * Reads one file. must_be_object: complain if it is none; else such a file is passed over.
 */
void tmt_objects_read(const char *path, bool must_be_object,
                      const struct tmt_object_events *events);

#ifdef __cplusplus
}
#endif

#endif
