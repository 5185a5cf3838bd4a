/*
 * backend/mimalloc_none.c: a build without mimalloc.
 */
#include "backend/backend.h"

const struct trackmem_backend *trackmem_backend_mimalloc(void)
{
    return NULL;
}

bool tmi_backend_is_mimalloc(const struct trackmem_backend *backend)
{
    (void)backend;
    return false;
}
