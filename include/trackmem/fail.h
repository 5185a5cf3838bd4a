/*
 * trackmem/fail.h: fault injection: allocations that fail on purpose, to rehearse running out.
 *
 * An injected failure is what a refusal is: NULL (TRACKMEM_OUT_OF_MEMORY of trackmem_adopt),
 * nothing charged, nothing taken from the backend, the old block of a resize as it was. It is
 * counted on its own, and reports list the sites that were refused. What counts as an allocation:
 * each call of a verb that allocates, resizes, duplicates, adopts or exports, and could otherwise
 * succeed. While nothing is set, none of this costs anything.
 */
#ifndef TRACKMEM_FAIL_H
#define TRACKMEM_FAIL_H

#include "trackmem/trackmem.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sets which allocations of the process fail, as the option fail=... does; replaces what was set,
 * and counts from 0 again.
 *   rule  one of
 *           "nth:N"       the Nth from now on, alone
 *           "after:N"     all after the Nth; "after:0" is every one
 *           "every:N"     every Nth
 *           "rate:P"      each with probability P (0.01, 1%), drawn by its number: two runs with
 *                         the same "seed:S" and order of allocations fail alike
 *         and, joined to it by ',' or '+', any of these; only what matches is counted and failed
 *           "domain:NAME"       charged to a domain of this name or path, or below it
 *           "site:FILE[:LINE]"  called from this file ("cache.c", "src/cache.c") and line
 *         A filter alone fails all that matches; "" is trackmem_fail_off().
 * Returns TRACKMEM_INVALID if the rule is wrong: then nothing changes, and a line on standard error
 * says what is.
 */
TRACKMEM_API enum trackmem_status trackmem_fail_set(const char *rule);
TRACKMEM_API void trackmem_fail_off(void);

/*
 * Fails the nth allocation of the calling thread from now on (1: the next), once, whatever else is
 * set; 0 takes that back. Returns TRACKMEM_OUT_OF_MEMORY when there is no record of the thread.
 */
TRACKMEM_API enum trackmem_status trackmem_fail_next(uint64_t n);

/*
 * Between these two no allocation of the calling thread is failed or counted: for those whose
 * failure a program cannot survive or need not. They nest.
 */
TRACKMEM_API void trackmem_fail_benign_begin(void);
TRACKMEM_API void trackmem_fail_benign_end(void);

/*
 * How many allocations matched the rule since it was set, those that failed included; and how many
 * were failed, by trackmem_fail_next too. Both stay readable after trackmem_fail_off.
 */
TRACKMEM_API uint64_t trackmem_fail_count(void);
TRACKMEM_API uint64_t trackmem_fail_injected(void);

#ifdef __cplusplus
}
#endif

#ifdef TRACKMEM_DISABLE
#include "trackmem/disabled/fail.h"
#endif

#endif
