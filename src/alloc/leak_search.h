/*
 * alloc/leak_search.h: which blocks are leaks, in check mode: block by block, and with what points
 * at them. Each returns a list that is not settled yet, or NULL: no memory.
 */
#ifndef TMI_ALLOC_LEAK_SEARCH_H
#define TMI_ALLOC_LEAK_SEARCH_H

#include "account/domain.h"
#include "block/census.h"
#include "report/leaks.h"

/*
 * Of the process: what nothing points at, and with all what something does, too. Where the system
 * does not let pointers be looked for, all that is alive. All other threads are held meanwhile.
 *   stack  where that of the program ends, with its registers saved above: what lies below is ours
 */
struct tmi_leaks *tmi_leak_search_process(bool all, uintptr_t stack);

/* What is alive and charged to a domain itself; what is alive and was not in an earlier census. */
struct tmi_leaks *tmi_leak_search_domain(const struct tmi_domain *domain);
struct tmi_leaks *tmi_leak_search_since(const struct tmi_census *earlier);

/* One search at a time. */
void tmi_leak_search_lock_for_fork(void);
void tmi_leak_search_unlock_after_fork(void);

#endif
