/*
 * platform/pages_windows.c: pages of Windows. The contract is pages.h. Reserved pages take no
 * memory until they are committed, and decommitting gives it back.
 */
#define WIN32_LEAN_AND_MEAN
#include "platform/pages.h"

#include <windows.h>

size_t tmi_pages_size(void)
{
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    return info.dwPageSize;
}

void *tmi_pages_reserve(size_t size)
{
    DWORD saved_error = GetLastError();
    void *pages = VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_NOACCESS);

    SetLastError(saved_error);
    return pages;
}

void tmi_pages_release(void *pages, size_t size)
{
    (void)size;
    VirtualFree(pages, 0, MEM_RELEASE);
}

bool tmi_pages_guards_are_free(void)
{
    return true;
}

bool tmi_pages_prepare(void *pages, size_t size)
{
    (void)pages;
    (void)size;
    return true;
}

bool tmi_pages_open(void *pages, size_t size)
{
    DWORD saved_error = GetLastError();
    bool opened = VirtualAlloc(pages, size, MEM_COMMIT, PAGE_READWRITE) != NULL;

    SetLastError(saved_error);
    return opened;
}

bool tmi_pages_close(void *pages, size_t size)
{
    DWORD saved_error = GetLastError();
    bool closed = VirtualFree(pages, size, MEM_DECOMMIT);

    SetLastError(saved_error);
    return closed;
}

void *tmi_pages_reserve_table(size_t size)
{
    return tmi_pages_reserve(size);
}

bool tmi_pages_commit(void *pages, size_t size)
{
    return tmi_pages_open(pages, size);
}

static bool set_rights(void *pages, size_t size, DWORD rights)
{
    DWORD saved_error = GetLastError();
    DWORD before;
    bool done = VirtualProtect(pages, size, rights, &before);

    SetLastError(saved_error);
    return done;
}

void tmi_pages_fetch(void *pages, size_t size)
{
    (void)pages;
    (void)size;
}

bool tmi_pages_protect(void *pages, size_t size)
{
    return set_rights(pages, size, PAGE_NOACCESS);
}

bool tmi_pages_unprotect(void *pages, size_t size)
{
    return set_rights(pages, size, PAGE_READWRITE);
}

bool tmi_pages_are_mapped(const void *address)
{
    MEMORY_BASIC_INFORMATION region;
    DWORD saved_error = GetLastError();
    bool mapped = VirtualQuery(address, &region, sizeof region) == 0 || region.State != MEM_FREE;

    SetLastError(saved_error);
    return mapped;
}
