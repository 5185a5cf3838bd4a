/*
 * backend/libc.c: spans from the C library. The one file that calls its malloc.
 */
#include <stdlib.h>

#include "backend/backend.h"

static void *libc_allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size); /* raw: this is the backend */
}

static void *libc_allocate_zeroed(void *context, size_t size)
{
    (void)context;
    return calloc(1, size); /* raw: this is the backend */
}

static void *libc_reallocate(void *context, void *span, size_t old_size, size_t new_size)
{
    (void)context;
    (void)old_size;
    return realloc(span, new_size); /* raw: this is the backend */
}

static void libc_free(void *context, void *span, size_t size)
{
    (void)context;
    (void)size;
    free(span); /* raw: this is the backend */
}

struct trackmem_backend tmi_backend = {
    .name = "libc",
    .allocate = libc_allocate,
    .allocate_zeroed = libc_allocate_zeroed,
    .reallocate = libc_reallocate,
    .free = libc_free,
};

bool tmi_backend_is_libc(void)
{
    return tmi_backend.allocate == libc_allocate;
}
