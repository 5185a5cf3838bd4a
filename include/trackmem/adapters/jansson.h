/*
 * trackmem/adapters/jansson.h: lets jansson allocate through trackmem, in one domain.
 * pkg-config: jansson
 *
 *     TRACKMEM_DEFINE_DOMAIN(documents, "jansson", NULL);
 *     TRACKMEM_JANSSON_DEFINE(json_memory_setup, &documents);
 *     ...
 *     json_memory_setup();
 *
 * When:       once, before anything else of jansson, by one thread. Later is not detected by
 *             jansson; what it allocated before is then reported when it is freed.
 * Ownership:  what jansson hands over for the caller to free (json_dumps) is freed by
 *             trackmem_free, not by free.
 * Failure:    NULL, or -1.
 * Threads:    any, several at once.
 * Not seen:   FILE buffers of json_load_file and json_dump_file.
 */
#ifndef TRACKMEM_ADAPTERS_JANSSON_H
#define TRACKMEM_ADAPTERS_JANSSON_H

#include <jansson.h>

#include "trackmem/adapters/hooks.h"

/*
 * Defines the function that makes jansson allocate in a domain; at file scope.
 *   name    of the function: static enum trackmem_status name(void)
 *   domain  see hooks.h
 * It returns TRACKMEM_OK.
 */
#define TRACKMEM_JANSSON_DEFINE(name, domain)               \
    TRACKMEM_HOOK_MALLOC_(name, domain)                     \
    TRACKMEM_HOOK_FREE_(name)                               \
    static enum trackmem_status name(void)                  \
    {                                                       \
        json_set_alloc_funcs(name##_malloc_, name##_free_); \
        return TRACKMEM_OK;                                 \
    }                                                       \
    TRACKMEM_HOOK_END_

#endif
