/*
 * alloc/backends.c: which backend the process and its domains have. Takes "names".
 */
#include "account/domain.h"
#include "account/names.h"
#include "alloc/start.h"
#include "backend/backend.h"

enum trackmem_status trackmem_set_backend(const struct trackmem_backend *backend)
{
    if (!tmi_backend_is_complete(backend))
        return TRACKMEM_INVALID;
    if (tmi_started())
        return TRACKMEM_BUSY;
    tmi_backends[0] = *backend;
    return TRACKMEM_OK;
}

enum trackmem_status trackmem_domain_set_backend(struct trackmem_domain *domain,
                                                 const struct trackmem_backend *backend)
{
    enum trackmem_status status = TRACKMEM_OK;
    struct tmi_domain *record;
    int number;

    if (domain == NULL)
        return trackmem_set_backend(backend);
    if (!tmi_backend_is_complete(backend))
        return TRACKMEM_INVALID;
    if (!tmi_start() || (record = tmi_domain_itself(domain)) == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    tmi_platform_lock(&tmi_names_lock);
    number = tmi_backend_number(backend);
    if (number < 0)
        status = TRACKMEM_OUT_OF_MEMORY;
    else if (!tmi_domain_set_backend(record, (uint32_t)number))
        status = TRACKMEM_BUSY;
    tmi_platform_unlock(&tmi_names_lock);
    return status;
}
