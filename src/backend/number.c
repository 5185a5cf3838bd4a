/*
 * backend/number.c: the numbers of backends. Guarded by "names", which callers hold; readers of an
 * entry take no lock.
 */
#include "backend/backend.h"

struct trackmem_backend tmi_backends[TMI_BACKENDS];

static bool same(const struct trackmem_backend *a, const struct trackmem_backend *b)
{
    return a->context == b->context && a->allocate == b->allocate &&
           a->allocate_zeroed == b->allocate_zeroed && a->reallocate == b->reallocate &&
           a->free == b->free;
}

int tmi_backend_number(const struct trackmem_backend *backend)
{
    for (int number = 0; number < (int)TMI_BACKENDS; ++number) {
        if (tmi_backends[number].allocate == NULL)
            tmi_backends[number] = *backend;
        if (same(&tmi_backends[number], backend))
            return number;
    }
    return -1;
}

bool tmi_backend_is_complete(const struct trackmem_backend *backend)
{
    return backend != NULL && backend->allocate != NULL && backend->free != NULL;
}
