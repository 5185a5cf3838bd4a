/*
 * trackmem/adapters/sqlite.h: lets SQLite allocate through trackmem, in one domain.
 * pkg-config: sqlite3
 *
 *     TRACKMEM_DEFINE_DOMAIN(database, "sqlite", NULL);
 *     TRACKMEM_SQLITE_DEFINE(sqlite_memory_setup, &database);
 *     ...
 *     sqlite_memory_setup();
 *
 * When:       once, before anything else of SQLite (or after sqlite3_shutdown), by one thread.
 * Ownership:  what SQLite hands over for the caller to free (sqlite3_mprintf, the error text of
 *             sqlite3_exec) is freed by sqlite3_free.
 * Failure:    SQLITE_NOMEM, or NULL; SQLite takes care of itself, and the connection goes on.
 * Threads:    any, several at once.
 * Not seen:   files that it maps (PRAGMA mmap_size, the -shm file of a write-ahead log), and what
 *             the program gives it (SQLITE_CONFIG_PAGECACHE, SQLITE_CONFIG_HEAP).
 * Source:     https://www.sqlite.org/c3ref/mem_methods.html
 */
#ifndef TRACKMEM_ADAPTERS_SQLITE_H
#define TRACKMEM_ADAPTERS_SQLITE_H

#include <sqlite3.h>

#include "trackmem/adapters/hooks.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The methods that need no domain. Sizes are what xRoundup gave, positive.
 */
static inline int trackmem_sqlite_size_(void *ptr)
{
    return TRACKMEM_HOOK_AS_(int, trackmem_size(ptr));
}

static inline int trackmem_sqlite_roundup_(int size)
{
    return (size + 7) & ~7;
}

static inline int trackmem_sqlite_init_(void *user)
{
    return user == NULL ? SQLITE_OK : SQLITE_ERROR;
}

static inline void trackmem_sqlite_shutdown_(void *user)
{
    TRACKMEM_HOOK_AS_(void, user);
}

#ifdef __cplusplus
}
#endif

/*
 * Defines the function that makes SQLite allocate in a domain; at file scope.
 *   name    of the function: static enum trackmem_status name(void)
 *   domain  see hooks.h
 * It returns TRACKMEM_OK; TRACKMEM_BUSY when SQLite was initialised before; TRACKMEM_UNSUPPORTED
 * when it was built without SQLITE_CONFIG_MALLOC.
 */
#define TRACKMEM_SQLITE_DEFINE(name, domain)                                        \
    static void *name##_malloc_(int size_)                                          \
    {                                                                               \
        return trackmem_malloc_in(domain, TRACKMEM_HOOK_AS_(size_t, size_));        \
    }                                                                               \
    static void *name##_realloc_(void *ptr_, int size_)                             \
    {                                                                               \
        return trackmem_realloc_in(domain, ptr_, TRACKMEM_HOOK_AS_(size_t, size_)); \
    }                                                                               \
    TRACKMEM_HOOK_FREE_(name)                                                       \
    static enum trackmem_status name(void)                                          \
    {                                                                               \
        static const struct sqlite3_mem_methods methods_ = {                        \
            name##_malloc_,                                                         \
            name##_free_,                                                           \
            name##_realloc_,                                                        \
            trackmem_sqlite_size_,                                                  \
            trackmem_sqlite_roundup_,                                               \
            trackmem_sqlite_init_,                                                  \
            trackmem_sqlite_shutdown_,                                              \
            NULL,                                                                   \
        };                                                                          \
        int result_ = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods_);              \
        if (result_ == SQLITE_OK)                                                   \
            return TRACKMEM_OK;                                                     \
        return result_ == SQLITE_MISUSE ? TRACKMEM_BUSY : TRACKMEM_UNSUPPORTED;     \
    }                                                                               \
    TRACKMEM_HOOK_END_

#endif
