/*
 * backend/libc.c: spans from the C library. The one file that calls its malloc.
 */
#include <stdlib.h>

#include "backend/backend.h"

static void *libc_allocate(void *context, size_t size, size_t alignment)
{
    (void)context;
    (void)alignment;     /* TRACKMEM_ALIGNMENT: what malloc gives */
    return malloc(size); /* raw: this is the backend */
}

static void *libc_allocate_zeroed(void *context, size_t size, size_t alignment)
{
    (void)context;
    (void)alignment;
    return calloc(1, size); /* raw: this is the backend */
}

static void *libc_reallocate(void *context, void *span, size_t old_size, size_t new_size,
                             size_t alignment)
{
    (void)context;
    (void)old_size;
    (void)alignment;
    return realloc(span, new_size); /* raw: this is the backend */
}

static void libc_free(void *context, void *span, size_t size, size_t alignment)
{
    (void)context;
    (void)size;
    (void)alignment;
    free(span); /* raw: this is the backend */
}

static const struct trackmem_backend libc_backend = {
    .name = "libc",
    .allocate = libc_allocate,
    .allocate_zeroed = libc_allocate_zeroed,
    .reallocate = libc_reallocate,
    .free = libc_free,
};

const struct trackmem_backend *trackmem_backend_libc(void)
{
    return &libc_backend;
}
