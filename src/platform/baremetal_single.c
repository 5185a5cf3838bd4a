/*
 * platform/baremetal_single.c: what a machine without an operating system does not have: threads,
 * processes, an environment, files, a loader. Honest stubs, which no port has to change.
 */
#include "platform/platform.h"

bool tmi_platform_code_place(const void *address, struct tmi_code_place *place)
{
    (void)address;
    (void)place;
    return false;
}

bool tmi_platform_thread_init(void (*fn)(void *value))
{
    (void)fn;
    return false;
}

void tmi_platform_thread_set(void *value)
{
    (void)value;
}

void tmi_platform_thread_finish(void)
{
}

void tmi_platform_at_fork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    (void)prepare;
    (void)parent;
    (void)child;
}

/* Options come from code: trackmem_set_options. */
const char *tmi_platform_environment(const char *name)
{
    (void)name;
    return NULL;
}

int tmi_platform_create_file(const char *path)
{
    (void)path;
    return -1;
}

void tmi_platform_close(int fd)
{
    (void)fd;
}

bool tmi_platform_colour_terminal(int fd)
{
    (void)fd;
    return false;
}

bool tmi_platform_utf8(void)
{
    return false;
}

uint32_t tmi_platform_process_id(void)
{
    return 1;
}

const char *tmi_platform_program(void)
{
    return "";
}

uint32_t tmi_platform_processors(void)
{
    return 1;
}

void tmi_platform_yield(void)
{
}

/* One thread: it sees its own stores. */
bool tmi_platform_has_barrier(void)
{
    return true;
}

void tmi_platform_barrier(void)
{
}

int tmi_platform_error(void)
{
    return 0;
}

void tmi_platform_set_error(int error)
{
    (void)error;
}

bool tmi_platform_heap_is_watched(void)
{
    return false;
}

void tmi_platform_visit_copies(void (*fn)(const void *target, const char *path, void *user),
                               void *user)
{
    (void)fn;
    (void)user;
}

bool tmi_platform_thread_is_kept(void)
{
    return false;
}

void *tmi_platform_thread_value(void)
{
    return NULL;
}
