/*
 * trackmem/adapters/libuv.h: lets libuv allocate through trackmem, in one domain.
 * pkg-config: libuv, with -D_POSIX_C_SOURCE=200809L where the C is strict (-std=c11)
 *
 *     TRACKMEM_DEFINE_DOMAIN(loops, "libuv", NULL);
 *     TRACKMEM_LIBUV_DEFINE(uv_memory_setup, &loops);
 *     ...
 *     uv_memory_setup();
 *
 * When:       once, before anything else of libuv, by one thread. Later is not detected by libuv;
 *             what it allocated before is then reported when it is freed.
 * Ownership:  handles, requests and buffers are the caller's. What libuv hands over is freed by
 *             uv_fs_req_cleanup, uv_free_cpu_info and the like. The thread pool and tables live
 *             until uv_library_shutdown.
 * Failure:    UV_ENOMEM; but libuv aborts where its thread pool or table of watchers cannot grow.
 * Threads:    any, several at once.
 * Not seen:   stacks of threads; getaddrinfo and scandir of the C library.
 */
#ifndef TRACKMEM_ADAPTERS_LIBUV_H
#define TRACKMEM_ADAPTERS_LIBUV_H

#include <uv.h>

#include "trackmem/adapters/hooks.h"

/*
 * Defines the function that makes libuv allocate in a domain; at file scope.
 *   name    of the function: static enum trackmem_status name(void)
 *   domain  see hooks.h
 * It returns TRACKMEM_OK; TRACKMEM_UNSUPPORTED when libuv refuses.
 */
#define TRACKMEM_LIBUV_DEFINE(name, domain)                                          \
    TRACKMEM_HOOK_MALLOC_(name, domain)                                              \
    TRACKMEM_HOOK_CALLOC_(name, domain)                                              \
    TRACKMEM_HOOK_REALLOC_(name, domain)                                             \
    TRACKMEM_HOOK_FREE_(name)                                                        \
    static enum trackmem_status name(void)                                           \
    {                                                                                \
        return uv_replace_allocator(name##_malloc_, name##_realloc_, name##_calloc_, \
                                    name##_free_) == 0                               \
                   ? TRACKMEM_OK                                                     \
                   : TRACKMEM_UNSUPPORTED;                                           \
    }                                                                                \
    TRACKMEM_HOOK_END_

#endif
