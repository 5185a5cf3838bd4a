/*
 * platform/code.h: what trackmem asks of a system about code: where a stack ends, which modules
 * are loaded. The conditions are those of platform.h; where nothing else is said the functions may
 * take the loader's lock, so hold none.
 */
#ifndef TMI_PLATFORM_CODE_H
#define TMI_PLATFORM_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The readable memory around an address of the calling thread's stack; false where that is not
 * known. Slow. What lies above the thread's own frames is left out where the system tells.
 */
struct tmi_stack_bounds {
    uintptr_t start;
    uintptr_t end;
};
bool tmi_platform_stack_bounds(const void *address, struct tmi_stack_bounds *bounds);

#define TMI_BUILD_ID_MOST 20u /* bytes that are kept of one */

/*
 * The file that code at an address is of, and how the file itself names it, for the handler of a
 * fault: async-signal-safe; takes no lock, but on Windows possibly the loader's. False: it lies in
 * none, or in one of a longer path.
 */
struct tmi_code_file {
    char path[256];
    uintptr_t offset;
    uint8_t build_id[TMI_BUILD_ID_MOST];
    uint32_t build_id_size; /* 0: none is known */
};
bool tmi_platform_code_file(const void *address, struct tmi_code_file *file);

/*
 * A module of the process: what is mapped of it, and how its own file names an address: address
 * less base. path is the file's ("" if that is not known), valid during the call.
 */
struct tmi_loaded_module {
    uintptr_t start;
    uintptr_t end;
    uintptr_t base;
    const char *path;
    uint8_t build_id[TMI_BUILD_ID_MOST]; /* the linker's, or what the system has of that kind */
    uint32_t build_id_size;              /* 0: none */
    bool lasting;                        /* it is known that it will not be unloaded */
};

/*
 * Calls fn for every module; returns false, and calls it for none, if no module came or went since
 * the call that gave *state. *state starts as 0. fn runs under the loader's lock.
 */
bool tmi_platform_visit_modules(uintptr_t *state,
                                void (*fn)(const struct tmi_loaded_module *module, void *user),
                                void *user);

#endif
