/*
 * audit/baseline.h: the ratchet. A baseline file holds, by object and symbol, how many raw
 * references there were; an audit fails only on what is more than that, and a baseline is only ever
 * updated to less. As JSON, sorted, so that a change of it reads well:
 *
 *     { "trackmem_audit_baseline": 1, "objects": { "a.o": { "malloc": 3 } } }
 */
#ifndef TMT_AUDIT_BASELINE_H
#define TMT_AUDIT_BASELINE_H

#include <stdbool.h>

#include "audit/model.h"

/*
 * Fills `known` of each raw reference. Functions may be renamed: counts are by object and symbol.
 * *less: whether the file holds more than there is now. false: it cannot be read, and it has
 * complained.
 */
bool tmt_baseline_apply(struct tmt_audit *audit, const char *file, bool *less);

/*
 * Records what got better; a file that is not there yet is made and records all. Objects that were
 * not audited keep their entry unless their file is gone. false: it has complained.
 */
bool tmt_baseline_update(const struct tmt_audit *audit, const char *file);

#endif
