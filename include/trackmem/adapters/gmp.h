/*
 * trackmem/adapters/gmp.h: lets GMP allocate through trackmem, in one domain.
 * pkg-config: gmp
 *
 *     TRACKMEM_DEFINE_DOMAIN(numbers, "gmp", NULL);
 *     TRACKMEM_GMP_DEFINE(gmp_memory_setup, &numbers, out_of_numbers);
 *     ...
 *     gmp_memory_setup();
 *
 * When:       once, before anything else of GMP (or MPFR and other libraries above it), by one
 *             thread. Later is not detected by GMP; what it allocated before is then reported when
 *             it is freed.
 * Ownership:  a number is the caller's until mpz_clear. What GMP hands over for the caller to free
 *             (mpz_get_str) is freed by trackmem_free, or by what mp_get_memory_functions tells.
 * Failure:    GMP cannot be told: the function given is called and must not return.
 * Threads:    any, several at once.
 * Not seen:   small temporaries, which GMP takes from the stack.
 *
 * GMP tells the size of each block that it frees, and one that differs is reported as misuse.
 */
#ifndef TRACKMEM_ADAPTERS_GMP_H
#define TRACKMEM_ADAPTERS_GMP_H

#include <gmp.h>
#include <stdlib.h>

#include "trackmem/adapters/hooks.h"

/*
 * Defines the function that makes GMP allocate in a domain; at file scope.
 *   name    of the function: static enum trackmem_status name(void)
 *   domain  see hooks.h
 *   failed  void failed(size_t size): called when so many bytes were refused. It ends the program,
 *           throws or longjmps; GMP's temporaries of that moment are then lost, and the numbers it
 *           was writing to may only be cleared. If it returns, abort() follows
 * It returns TRACKMEM_OK.
 */
#define TRACKMEM_GMP_DEFINE(name, domain, failed)                               \
    static void *name##_alloc_(size_t size_)                                    \
    {                                                                           \
        void *block_ = trackmem_malloc_in(domain, size_);                       \
        if (block_ == NULL) {                                                   \
            failed(size_);                                                      \
            abort();                                                            \
        }                                                                       \
        return block_;                                                          \
    }                                                                           \
    static void *name##_resize_(void *ptr_, size_t old_size_, size_t new_size_) \
    {                                                                           \
        void *block_ = trackmem_realloc_in(domain, ptr_, new_size_);            \
        TRACKMEM_HOOK_AS_(void, old_size_);                                     \
        if (block_ == NULL) {                                                   \
            failed(new_size_);                                                  \
            abort();                                                            \
        }                                                                       \
        return block_;                                                          \
    }                                                                           \
    static void name##_free_(void *ptr_, size_t size_)                          \
    {                                                                           \
        trackmem_free_sized(ptr_, size_);                                       \
    }                                                                           \
    static enum trackmem_status name(void)                                      \
    {                                                                           \
        mp_set_memory_functions(name##_alloc_, name##_resize_, name##_free_);   \
        return TRACKMEM_OK;                                                     \
    }                                                                           \
    TRACKMEM_HOOK_END_

#endif
