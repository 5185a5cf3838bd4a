/*
 * Emulators have no barrier for all threads: then there are no budgets, and no tests of them.
 */
#ifndef TESTS_WITHOUT_BUDGETS_H
#define TESTS_WITHOUT_BUDGETS_H

#include <stdio.h>

#include "platform/platform.h"

#define SKIP_WITHOUT_BUDGETS()                                   \
    do {                                                         \
        if (!tmi_platform_has_barrier()) {                       \
            puts("1..0 # SKIP no barrier for all threads here"); \
            return 0;                                            \
        }                                                        \
    } while (0)

#endif
