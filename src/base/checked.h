/*
 * base/checked.h: sums and products of sizes that say when they overflow.
 */
#ifndef TMI_BASE_CHECKED_H
#define TMI_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/* False on overflow; then *result is not to be used. */
TMI_INLINE bool tmi_checked_add(size_t a, size_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

TMI_INLINE bool tmi_checked_multiply(size_t a, size_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

#endif
