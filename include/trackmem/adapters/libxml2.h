/*
 * trackmem/adapters/libxml2.h: lets libxml2 allocate through trackmem, in one domain.
 * pkg-config: libxml-2.0
 *
 *     TRACKMEM_DEFINE_DOMAIN(xml, "libxml2", NULL);
 *     TRACKMEM_LIBXML2_DEFINE(xml_memory_setup, &xml);
 *     ...
 *     xml_memory_setup();
 *
 * When:       once, before anything else of libxml2, by one thread. Later is not detected by
 *             libxml2; what it allocated before is then reported when it is freed.
 * Ownership:  what libxml2 hands over for the caller to free (xmlGetProp, xmlDocDumpMemory) is
 *             freed by xmlFree. Tables of its own live until xmlCleanupParser.
 * Failure:    parsing gives NULL and XML_ERR_NO_MEMORY; many functions that build a tree give NULL.
 * Threads:    any, several at once.
 * Not seen:   locks and per-thread state, for which 2.9 calls malloc; zlib, lzma and iconv. The
 *             other way round xmlMemUsed sees nothing of this: trackmem_domain_stats does.
 */
#ifndef TRACKMEM_ADAPTERS_LIBXML2_H
#define TRACKMEM_ADAPTERS_LIBXML2_H

#include <libxml/xmlmemory.h>

#include "trackmem/adapters/hooks.h"

/*
 * Defines the function that makes libxml2 allocate in a domain; at file scope.
 *   name    of the function: static enum trackmem_status name(void)
 *   domain  see hooks.h
 * It returns TRACKMEM_OK; TRACKMEM_UNSUPPORTED when libxml2 refuses.
 */
#define TRACKMEM_LIBXML2_DEFINE(name, domain)                                                  \
    TRACKMEM_HOOK_MALLOC_(name, domain)                                                        \
    TRACKMEM_HOOK_REALLOC_(name, domain)                                                       \
    TRACKMEM_HOOK_STRDUP_(name, domain)                                                        \
    TRACKMEM_HOOK_FREE_(name)                                                                  \
    static enum trackmem_status name(void)                                                     \
    {                                                                                          \
        return xmlMemSetup(name##_free_, name##_malloc_, name##_realloc_, name##_strdup_) == 0 \
                   ? TRACKMEM_OK                                                               \
                   : TRACKMEM_UNSUPPORTED;                                                     \
    }                                                                                          \
    TRACKMEM_HOOK_END_

#endif
