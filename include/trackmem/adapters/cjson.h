/*
 * trackmem/adapters/cjson.h: lets cJSON allocate through trackmem, in one domain.
 * pkg-config: libcjson
 *
 *     TRACKMEM_DEFINE_DOMAIN(documents, "cjson", NULL);
 *     TRACKMEM_CJSON_DEFINE(json_memory_setup, &documents);
 *     ...
 *     json_memory_setup();
 *
 * When:       once, before anything else of cJSON, by one thread. Later is not detected by cJSON;
 *             what it allocated before is then reported when it is freed.
 * Ownership:  what cJSON hands over for the caller to free (cJSON_Print) is freed by cJSON_free.
 * Failure:    NULL, or false.
 * Threads:    any, several at once; a tree is one thread's at a time.
 * Not seen:   nothing. cJSON has no hook to resize: it allocates, copies and frees, and so is
 *             charged for both blocks meanwhile.
 */
#ifndef TRACKMEM_ADAPTERS_CJSON_H
#define TRACKMEM_ADAPTERS_CJSON_H

#include <cJSON.h>

#include "trackmem/adapters/hooks.h"

/*
 * Defines the function that makes cJSON allocate in a domain; at file scope.
 *   name    of the function: static enum trackmem_status name(void)
 *   domain  see hooks.h
 * It returns TRACKMEM_OK.
 */
#define TRACKMEM_CJSON_DEFINE(name, domain)                    \
    TRACKMEM_HOOK_MALLOC_(name, domain)                        \
    TRACKMEM_HOOK_FREE_(name)                                  \
    static enum trackmem_status name(void)                     \
    {                                                          \
        cJSON_Hooks hooks_ = { name##_malloc_, name##_free_ }; \
        cJSON_InitHooks(&hooks_);                              \
        return TRACKMEM_OK;                                    \
    }                                                          \
    TRACKMEM_HOOK_END_

#endif
