/*
 * What the programs of checked copies include. The compiler sees many of these bugs itself.
 */
#ifndef TESTS_MISUSE_CHECKED_H
#define TESTS_MISUSE_CHECKED_H

#include "../misuse.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#endif

#include <trackmem/checked.h>

#endif
