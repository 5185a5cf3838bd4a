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

static inline void *hidden(const void *ptr)
{
    void *volatile hide = (void *)(uintptr_t)ptr;
    return hide;
}

#endif
