/*
 * random/bug.h: does what a program does wrong.
 */
#ifndef TESTS_RANDOM_BUG_H
#define TESTS_RANDOM_BUG_H

#include "program.h"

struct trackmem_site;

/*
 * Catches faults, before the library does: so they come to us after it. sees_zero: whether a 0 is
 * seen wherever a bug may write it; then half of the bugs write that.
 */
void bug_start(bool sees_zero);

/*
 * faults: whether it will; then no byte is read before it is written. A fault ends the access.
 * Returns what the library did wrong besides, or NULL.
 */
const char *bug_do(const struct op *op, struct trackmem_site *site, const struct slot *slot,
                   bool faults);

#endif
