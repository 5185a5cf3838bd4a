/*
 * platform/windows.c: Windows 7 and later, 64-bit. The contract is platform.h.
 *
 * Whatever the hot paths call leaves GetLastError() as it found it, as the C library's malloc does:
 * programs allocate between a failed call and the question why it failed.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <ntsecapi.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic.h"
#include "platform/platform.h"
#include "platform/self.h"

#define NAMES     128 /* modules whose names are kept */
#define NAME_SIZE 64

/* All that this file keeps. */
static struct {
    DWORD self_slot;        /* atomic: set once; TLS_OUT_OF_INDEXES before that */
    DWORD end_slot;         /* guarded by the start and the end of the library */
    uint32_t ends_are_told; /* atomic: 0 once our code may be about to go */
    void (*end_fn)(void *value);
    BOOLEAN(WINAPI *shutting_down)(void); /* NULL on systems that do not tell */
    struct tmi_lock names_lock; /* guards the insertion of names; nothing is called under it */
    uint32_t name_count;        /* stored with release, read with acquire */
    struct {
        HMODULE module;
        char text[NAME_SIZE];
    } names[NAMES];
    char environment[32767]; /* the system's own limit */
} windows_state = { .self_slot = TLS_OUT_OF_INDEXES, .end_slot = FLS_OUT_OF_INDEXES };

/* The pages are committed: they count against the system's limit, but take memory when touched. */
void *tmi_platform_map(size_t size)
{
    DWORD saved_error = GetLastError();
    void *pages = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    SetLastError(saved_error);
    return pages;
}

void tmi_platform_unmap(void *pages, size_t size)
{
    (void)size;
    VirtualFree(pages, 0, MEM_RELEASE);
}

static bool region_of(const void *address, MEMORY_BASIC_INFORMATION *region)
{
    DWORD saved_error = GetLastError();
    bool known = VirtualQuery(address, region, sizeof *region) == sizeof *region;

    SetLastError(saved_error);
    return known;
}

static bool region_is_readable(const MEMORY_BASIC_INFORMATION *region)
{
    return region->State == MEM_COMMIT && (region->Protect & (PAGE_NOACCESS | PAGE_GUARD)) == 0;
}

bool tmi_platform_readable(const void *address, size_t size)
{
    uintptr_t next = (uintptr_t)address;
    uintptr_t end = next + size;
    MEMORY_BASIC_INFORMATION region;

    if (end < next)
        return false;
    while (next < end) {
        if (!region_of((const void *)next, &region) || !region_is_readable(&region))
            return false;
        next = (uintptr_t)region.BaseAddress + region.RegionSize;
    }
    return true;
}

static void join_text(char *text, size_t size, const char *first, const char *second)
{
    size_t length = strnlen(first, size - 1);
    size_t more = strnlen(second, size - 1 - length);

    memcpy(text, first, length);
    memcpy(text + length, second, more);
    text[length + more] = '\0';
}

/* Writes the file name of a module without folders; NULL is the program. False: not known. */
static bool file_name_of(HMODULE module, char *text, size_t size)
{
    char path[1024];
    DWORD saved_error = GetLastError();
    DWORD length = GetModuleFileNameA(module, path, sizeof path);
    const char *name = path;

    SetLastError(saved_error);
    if (length == 0 || length >= sizeof path)
        return false;
    for (const char *next = path; *next != '\0'; ++next)
        if (*next == '\\' || *next == '/')
            name = next + 1;
    join_text(text, size, name, "");
    return true;
}

void tmi_platform_describe_address(const void *address, char *text, size_t size)
{
    MEMORY_BASIC_INFORMATION region;
    MEMORY_BASIC_INFORMATION stack;
    char name[NAME_SIZE];

    if (!region_of(address, &region) || region.State == MEM_FREE)
        join_text(text, size, "memory that is not mapped", "");
    else if (region_of(&region, &stack) && stack.AllocationBase == region.AllocationBase)
        join_text(text, size, "the stack of this thread", "");
    else if (!region_is_readable(&region))
        join_text(text, size, "memory that is mapped without access", "");
    else if (region.Type == MEM_IMAGE && file_name_of(region.AllocationBase, name, sizeof name))
        join_text(text, size, "static data of ", name);
    else if (region.Type == MEM_MAPPED)
        join_text(text, size, "memory mapped from a file or shared", "");
    else
        join_text(text, size, "private memory: VirtualAlloc's, or a heap's", "");
}

static const char *find_name(HMODULE module, const char *text)
{
    for (uint32_t i = 0; i < tmi_load_acquire(&windows_state.name_count); ++i)
        if (windows_state.names[i].module == module &&
            strcmp(windows_state.names[i].text, text) == 0)
            return windows_state.names[i].text;
    return NULL;
}

/* The system gives out copies only: each name is kept here, once. NULL: no room is left. */
static const char *kept_name(HMODULE module, const char *text)
{
    const char *name = find_name(module, text);

    if (name != NULL)
        return name;
    tmi_platform_lock(&windows_state.names_lock);
    name = find_name(module, text);
    if (name == NULL && windows_state.name_count < NAMES) {
        uint32_t next = windows_state.name_count;

        windows_state.names[next].module = module;
        join_text(windows_state.names[next].text, NAME_SIZE, text, "");
        tmi_store_release(&windows_state.name_count, next + 1);
        name = windows_state.names[next].text;
    }
    tmi_platform_unlock(&windows_state.names_lock);
    return name;
}

/* Functions have no names at run time here: those are in files for debuggers. */
bool tmi_platform_code_place(const void *address, struct tmi_code_place *place)
{
    MEMORY_BASIC_INFORMATION region;
    char text[NAME_SIZE];

    if (!region_of(address, &region) || region.State == MEM_FREE || region.Type != MEM_IMAGE ||
        !file_name_of(region.AllocationBase, text, sizeof text))
        return false;
    place->module = kept_name(region.AllocationBase, text);
    place->function = NULL;
    place->offset = (uintptr_t)address - (uintptr_t)region.AllocationBase;
    return place->module != NULL;
}

struct tmi_thread *tmi_self(void)
{
    DWORD slot = tmi_load(&windows_state.self_slot);
    DWORD saved_error;
    struct tmi_thread *self;

    if (slot == TLS_OUT_OF_INDEXES)
        return NULL;
    saved_error = GetLastError();
    self = TlsGetValue(slot);
    SetLastError(saved_error);
    return self;
}

void tmi_self_set(struct tmi_thread *thread)
{
    DWORD slot = tmi_load(&windows_state.self_slot);

    if (slot != TLS_OUT_OF_INDEXES)
        TlsSetValue(slot, thread);
}

uintptr_t tmi_self_identity(void)
{
    return GetCurrentThreadId();
}

/* Of a fiber, too: fn is to find out. */
static void WINAPI on_end(void *value)
{
    if (tmi_load(&windows_state.ends_are_told) != 0)
        windows_state.end_fn(value);
}

bool tmi_platform_thread_init(void (*fn)(void *value))
{
    HMODULE system = GetModuleHandleA("ntdll.dll");

    if (system != NULL) {
        FARPROC found = GetProcAddress(system, "RtlDllShutdownInProgress");

        memcpy(&windows_state.shutting_down, &found, sizeof found);
    }
    if (windows_state.self_slot == TLS_OUT_OF_INDEXES)
        tmi_store(&windows_state.self_slot, TlsAlloc());
    if (windows_state.end_slot == FLS_OUT_OF_INDEXES) {
        windows_state.end_fn = fn;
        windows_state.end_slot = FlsAlloc(on_end);
    }
    tmi_store(&windows_state.ends_are_told, 1);
    return windows_state.self_slot != TLS_OUT_OF_INDEXES &&
           windows_state.end_slot != FLS_OUT_OF_INDEXES;
}

void tmi_platform_thread_set(void *value)
{
    if (windows_state.end_slot != FLS_OUT_OF_INDEXES)
        FlsSetValue(windows_state.end_slot, value);
}

bool tmi_platform_thread_is_kept(void)
{
    return windows_state.end_slot != FLS_OUT_OF_INDEXES;
}

void *tmi_platform_thread_value(void)
{
    DWORD slot = windows_state.end_slot;
    DWORD saved_error;
    void *value;

    if (slot == FLS_OUT_OF_INDEXES)
        return NULL;
    saved_error = GetLastError();
    value = FlsGetValue(slot);
    SetLastError(saved_error);
    return value;
}

/*
 * FlsFree calls back for every thread, those that run as well: so nothing is told from here on.
 * The slot of tmi_self stays: blocks are freed later still.
 */
void tmi_platform_thread_finish(void)
{
    DWORD slot = windows_state.end_slot;

    tmi_store(&windows_state.ends_are_told, 0);
    windows_state.end_slot = FLS_OUT_OF_INDEXES;
    if (slot != FLS_OUT_OF_INDEXES)
        FlsFree(slot);
}

void tmi_platform_at_fork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    (void)prepare;
    (void)parent;
    (void)child;
}

/*
 * As the process ends the system kills all other threads, wherever they are, and then unloads us:
 * who held a lock will never give it back.
 */
static bool holder_is_gone(void)
{
    return windows_state.shutting_down != NULL && windows_state.shutting_down();
}

/* The slow paths that take locks are short: first yield, then sleep. */
void tmi_platform_lock(struct tmi_lock *lock)
{
    for (unsigned tries = 0; __atomic_exchange_n(&lock->word, 1, __ATOMIC_ACQUIRE) != 0; ++tries) {
        if (tries < 64)
            SwitchToThread();
        else if (holder_is_gone())
            return;
        else
            Sleep(1);
    }
}

void tmi_platform_unlock(struct tmi_lock *lock)
{
    __atomic_store_n(&lock->word, 0, __ATOMIC_RELEASE);
}

/* The text stands until the next call. */
const char *tmi_platform_environment(const char *name)
{
    DWORD saved_error = GetLastError();
    DWORD length = GetEnvironmentVariableA(name, windows_state.environment,
                                           sizeof windows_state.environment);

    SetLastError(saved_error);
    return length != 0 && length < sizeof windows_state.environment ? windows_state.environment
                                                                    : NULL;
}

/* Not _write, which would make two bytes of each line's end in text mode. */
bool tmi_platform_write(int fd, const void *bytes, size_t size)
{
    HANDLE file = (HANDLE)_get_osfhandle(fd);
    DWORD saved_error = GetLastError();
    const char *next = bytes;
    bool written = file != INVALID_HANDLE_VALUE;

    while (size > 0 && written) {
        DWORD part = size < 1u << 30 ? (DWORD)size : 1u << 30;
        DWORD done = 0;

        written = WriteFile(file, next, part, &done, NULL) && done > 0;
        next += done;
        size -= done;
    }
    if (!written)
        errno = file == INVALID_HANDLE_VALUE             ? EBADF
                : GetLastError() == ERROR_DISK_FULL      ? ENOSPC
                : GetLastError() == ERROR_INVALID_HANDLE ? EBADF
                                                         : EIO;
    SetLastError(saved_error);
    return written;
}

int tmi_platform_create_file(const char *path)
{
    return _open(path, _O_WRONLY | _O_CREAT | _O_TRUNC | _O_BINARY | _O_NOINHERIT,
                 _S_IREAD | _S_IWRITE);
}

void tmi_platform_close(int fd)
{
    _close(fd);
}

/* A console of today takes the sequences once it is told to. */
bool tmi_platform_colour_terminal(int fd)
{
    HANDLE console = (HANDLE)_get_osfhandle(fd);
    DWORD saved_error = GetLastError();
    char first[2];
    bool refused = GetEnvironmentVariableA("NO_COLOR", first, sizeof first) != 0;
    DWORD mode;
    bool colour = !refused && GetConsoleMode(console, &mode) &&
                  SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);

    SetLastError(saved_error);
    return colour;
}

bool tmi_platform_utf8(void)
{
    return GetConsoleOutputCP() == CP_UTF8;
}

uint32_t tmi_platform_process_id(void)
{
    return GetCurrentProcessId();
}

const char *tmi_platform_program(void)
{
    const char *name = NULL;
    char text[NAME_SIZE];

    if (file_name_of(NULL, text, sizeof text))
        name = kept_name(NULL, text);
    return name != NULL ? name : "";
}

uintptr_t tmi_platform_random(void)
{
    uintptr_t word = 0;
    LARGE_INTEGER ticks;

    if (!RtlGenRandom(&word, sizeof word)) {
        QueryPerformanceCounter(&ticks);
        word = (uintptr_t)ticks.QuadPart ^ (uintptr_t)&ticks;
    }
    return word;
}

uint32_t tmi_platform_processors(void)
{
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    return info.dwNumberOfProcessors;
}

void tmi_platform_yield(void)
{
    SwitchToThread();
}

bool tmi_platform_has_barrier(void)
{
    return true;
}

void tmi_platform_barrier(void)
{
    FlushProcessWriteBuffers();
}

int tmi_platform_error(void)
{
    return errno;
}

void tmi_platform_set_error(int error)
{
    errno = error;
}

bool tmi_platform_heap_is_watched(void)
{
    return false;
}

/* abort() would first write a remark of its own on standard error. */
_Noreturn void tmi_platform_abort(void)
{
    raise(SIGABRT);
    TerminateProcess(GetCurrentProcess(), 3);
    for (;;)
        Sleep(INFINITE);
}

/* Modules carry no notes here. */
void tmi_platform_visit_copies(void (*fn)(const void *target, const char *path, void *user),
                               void *user)
{
    (void)fn;
    (void)user;
}
