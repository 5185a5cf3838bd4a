/*
 * alloc/leak_baseline.h: leaks that are known, by file, function and domain, so that only new ones
 * are told.
 */
#ifndef TMI_ALLOC_LEAK_BASELINE_H
#define TMI_ALLOC_LEAK_BASELINE_H

#include "report/leaks.h"

/* Reads the file that the option names, if it changed. */
void tmi_leak_baseline_configure(void);

/* "leaks.base", and how many lines it has. */
const char *tmi_leak_baseline_path(void);
size_t tmi_leak_baseline_lines(void);

/*
 * Calls leave_out for each group whose place has no more blocks than the baseline knows. sums: one
 * a line and one more, zero.
 */
void tmi_leak_baseline_apply(struct tmi_leaks *leaks, uint64_t *sums,
                             void (*leave_out)(struct tmi_leaks *leaks, struct tmi_leak *leak,
                                               void *user),
                             void *user);

/* Writes a list, if the option says where to. */
void tmi_leak_baseline_write(const struct tmi_leaks *leaks);

#endif
