/*
 * alloc/leak_rules.h: which leaks are not told: those that a file suppresses (option suppress), and
 * those that a baseline knows (leak_baseline.h).
 */
#ifndef TMI_ALLOC_LEAK_RULES_H
#define TMI_ALLOC_LEAK_RULES_H

#include "report/leaks.h"

/* Reads the files that the options name, where they changed; a wrong line is told. */
void tmi_leak_rules_configure(void);

/*
 * Takes what is not to be told out of a list, which is not settled yet, and notes by which rule.
 * What the list then refers to goes with tmi_leak_rules_forget.
 */
void tmi_leak_rules_apply(struct tmi_leaks *leaks, bool with_baseline);
void tmi_leak_rules_forget(struct tmi_leaks *leaks);

#endif
