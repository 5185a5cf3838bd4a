/*
 * trackmem/adapters/curl.h: lets libcurl allocate through trackmem, in one domain.
 * pkg-config: libcurl
 *
 *     TRACKMEM_DEFINE_DOMAIN(transfers, "curl", NULL);
 *     TRACKMEM_CURL_DEFINE(curl_start, &transfers);
 *     ...
 *     curl_start(CURL_GLOBAL_DEFAULT);
 *
 * When:       once, in place of curl_global_init and before anything else of libcurl. Where libcurl
 *             was initialised before (by another library, say), it ignores the hooks and says
 *             CURLE_OK: the domain then stays empty.
 * Ownership:  what libcurl hands over for the caller to free is freed by curl_free, lists by
 *             curl_slist_free_all. Tables of its own live until curl_global_cleanup.
 * Failure:    CURLE_OUT_OF_MEMORY, or NULL.
 * Threads:    any, several at once.
 * Not seen:   the libraries below it (TLS, HTTP/2, compression, LDAP, name resolution), and stacks
 *             of its resolver threads.
 */
#ifndef TRACKMEM_ADAPTERS_CURL_H
#define TRACKMEM_ADAPTERS_CURL_H

#include <curl/curl.h>

#include "trackmem/adapters/hooks.h"

/*
 * Defines the function that initialises libcurl and makes it allocate in a domain; at file scope.
 *   name    of the function: static enum trackmem_status name(long flags), the flags being those of
 *           curl_global_init
 *   domain  see hooks.h
 * It returns TRACKMEM_OK; TRACKMEM_OUT_OF_MEMORY; TRACKMEM_INVALID when libcurl fails otherwise.
 */
#define TRACKMEM_CURL_DEFINE(name, domain)                                                      \
    TRACKMEM_HOOK_MALLOC_(name, domain)                                                         \
    TRACKMEM_HOOK_CALLOC_(name, domain)                                                         \
    TRACKMEM_HOOK_REALLOC_(name, domain)                                                        \
    TRACKMEM_HOOK_STRDUP_(name, domain)                                                         \
    TRACKMEM_HOOK_FREE_(name)                                                                   \
    static enum trackmem_status name(long flags_)                                               \
    {                                                                                           \
        CURLcode code_ = curl_global_init_mem(flags_, name##_malloc_, name##_free_,             \
                                              name##_realloc_, name##_strdup_, name##_calloc_); \
        if (code_ == CURLE_OK)                                                                  \
            return TRACKMEM_OK;                                                                 \
        return code_ == CURLE_OUT_OF_MEMORY ? TRACKMEM_OUT_OF_MEMORY : TRACKMEM_INVALID;        \
    }                                                                                           \
    TRACKMEM_HOOK_END_

#endif
