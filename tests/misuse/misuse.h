/*
 * What each misuse program includes: a pointer that the compiler does not see through.
 */
#ifndef TESTS_MISUSE_H
#define TESTS_MISUSE_H

#include <trackmem/observe.h>
#include <trackmem/trackmem.h>

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

/* A function that damages what AddressSanitizer knows to be nobody's: it is to go on. */
#if defined(__clang__)
#define UNSEEN __attribute__((no_sanitize("address")))
#elif defined(__GNUC__)
#define UNSEEN __attribute__((no_sanitize_address))
#endif

static inline void *hidden(const void *ptr)
{
    void *volatile hide = (void *)(uintptr_t)ptr;
    return hide;
}

#endif
