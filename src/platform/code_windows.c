/*
 * platform/code_windows.c: the modules of a process on Windows; code.h.
 *
 * An address in a module's file is the address less where the module stands (its RVA). In place of
 * a build-id stand the date of the link and the size, by which symbol servers tell images apart.
 */
#define WIN32_LEAN_AND_MEAN
#define PSAPI_VERSION 2 /* its functions from kernel32, without a further library */
#include <windows.h>

#include <psapi.h>
#include <string.h>

#include "platform/code.h"

#define MODULES 512 /* that are looked at; no further ones */

/* Frames are found by unwind tables here (stack/unwind_windows.c), which need no bounds. */
bool tmi_platform_stack_bounds(const void *address, struct tmi_stack_bounds *bounds)
{
    (void)address;
    (void)bounds;
    return false;
}

static struct tmi_loaded_module describe(HMODULE handle)
{
    const IMAGE_DOS_HEADER *start = (const IMAGE_DOS_HEADER *)handle;
    const IMAGE_NT_HEADERS *headers = (const IMAGE_NT_HEADERS *)((const char *)handle +
                                                                 start->e_lfanew);
    struct tmi_loaded_module module = {
        .start = (uintptr_t)handle,
        .end = (uintptr_t)handle + headers->OptionalHeader.SizeOfImage,
        .base = (uintptr_t)handle,
        .build_id_size = 8,
    };

    memcpy(module.build_id, &headers->FileHeader.TimeDateStamp, 4);
    memcpy(module.build_id + 4, &headers->OptionalHeader.SizeOfImage, 4);
    return module;
}

bool tmi_platform_code_file(const void *address, struct tmi_code_file *file)
{
    MEMORY_BASIC_INFORMATION region;
    DWORD saved_error = GetLastError();
    struct tmi_loaded_module module;
    DWORD length;

    *file = (struct tmi_code_file){ .offset = 0 };
    if (VirtualQuery(address, &region, sizeof region) == 0 || region.Type != MEM_IMAGE) {
        SetLastError(saved_error);
        return false;
    }
    module = describe((HMODULE)region.AllocationBase);
    length = GetModuleFileNameA((HMODULE)region.AllocationBase, file->path, sizeof file->path);
    SetLastError(saved_error);
    file->path[length < sizeof file->path ? length : 0] = '\0';
    file->offset = (uintptr_t)address - module.base;
    memcpy(file->build_id, module.build_id, sizeof file->build_id);
    file->build_id_size = module.build_id_size;
    return file->path[0] != '\0';
}

/* The system counts neither loads nor unloads: a sum over what is there stands for it. */
bool tmi_platform_visit_modules(uintptr_t *state,
                                void (*fn)(const struct tmi_loaded_module *module, void *user),
                                void *user)
{
    HMODULE handles[MODULES];
    DWORD saved_error = GetLastError();
    DWORD size = 0;
    uintptr_t sum = 1;
    char path[MAX_PATH * 2];

    if (!EnumProcessModules(GetCurrentProcess(), handles, sizeof handles, &size))
        size = 0;
    if (size > sizeof handles)
        size = sizeof handles;
    for (size_t i = 0; i < size / sizeof handles[0]; ++i)
        sum = (sum ^ (uintptr_t)handles[i]) * 0x9e3779b97f4a7c15u;
    if (sum == *state) {
        SetLastError(saved_error);
        return false;
    }
    for (size_t i = 0; i < size / sizeof handles[0]; ++i) {
        struct tmi_loaded_module module = describe(handles[i]);
        DWORD length = GetModuleFileNameA(handles[i], path, sizeof path);

        module.path = length != 0 && length < sizeof path ? path : "";
        fn(&module, user);
    }
    *state = sum;
    SetLastError(saved_error);
    return true;
}
