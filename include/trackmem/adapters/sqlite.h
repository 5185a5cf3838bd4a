/*
 * trackmem/adapters/sqlite.h: lets SQLite allocate through trackmem, charged to one domain.
 *
 *     TRACKMEM_DEFINE_DOMAIN(database, "sqlite", NULL);
 *     ...
 *     trackmem_sqlite_config(&database);   // before anything else of SQLite
 *
 * What SQLite hands over for the caller to free (sqlite3_mprintf, the error text of sqlite3_exec)
 * is freed by sqlite3_free, never by free or trackmem_free.
 */
#ifndef TRACKMEM_ADAPTERS_SQLITE_H
#define TRACKMEM_ADAPTERS_SQLITE_H

#include <sqlite3.h>

#include "trackmem/trackmem.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The methods, as struct sqlite3_mem_methods describes them: any thread, sizes that xRoundup gave,
 * never 0. The domain and these functions are those of the source file that includes this.
 */
static inline struct trackmem_domain **trackmem_sqlite_domain_(void)
{
    static struct trackmem_domain *domain;
    return &domain;
}

#ifdef __cplusplus
#define TRACKMEM_SQLITE_AS_(type, value) static_cast<type>(value)
#else
#define TRACKMEM_SQLITE_AS_(type, value) ((type)(value))
#endif

static inline void *trackmem_sqlite_malloc_(int size)
{
    return trackmem_malloc_in(*trackmem_sqlite_domain_(), TRACKMEM_SQLITE_AS_(size_t, size));
}

static inline void *trackmem_sqlite_realloc_(void *ptr, int size)
{
    return trackmem_realloc_in(*trackmem_sqlite_domain_(), ptr, TRACKMEM_SQLITE_AS_(size_t, size));
}

static inline void trackmem_sqlite_free_(void *ptr)
{
    trackmem_free(ptr);
}

static inline int trackmem_sqlite_size_(void *ptr)
{
    return TRACKMEM_SQLITE_AS_(int, trackmem_size(ptr));
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
    TRACKMEM_SQLITE_AS_(void, user);
}

#undef TRACKMEM_SQLITE_AS_

/*
 * Makes SQLite allocate through trackmem from now on, for the whole process.
 *   domain  what SQLite's memory is charged to; NULL for the process. Must outlive SQLite's use
 * Returns TRACKMEM_OK; TRACKMEM_BUSY when SQLite was initialised before (sqlite3_shutdown undoes
 * that); TRACKMEM_UNSUPPORTED when SQLite was built without SQLITE_CONFIG_MALLOC.
 * Not thread-safe, as sqlite3_config is not: call it before threads use SQLite.
 * Source: https://www.sqlite.org/c3ref/mem_methods.html
 */
static inline enum trackmem_status trackmem_sqlite_config(struct trackmem_domain *domain)
{
    static const struct sqlite3_mem_methods methods = {
        trackmem_sqlite_malloc_,   trackmem_sqlite_free_,
        trackmem_sqlite_realloc_,  trackmem_sqlite_size_,
        trackmem_sqlite_roundup_,  trackmem_sqlite_init_,
        trackmem_sqlite_shutdown_, NULL,
    };
    struct trackmem_domain *before = *trackmem_sqlite_domain_();
    int result;

    *trackmem_sqlite_domain_() = domain;
    result = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    if (result == SQLITE_OK)
        return TRACKMEM_OK;
    *trackmem_sqlite_domain_() = before;
    return result == SQLITE_MISUSE ? TRACKMEM_BUSY : TRACKMEM_UNSUPPORTED;
}

#ifdef __cplusplus
}
#endif

#endif
