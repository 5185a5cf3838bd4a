/*
 * alloc/misuse.h: turns what block/judge.h finds into a report.
 */
#ifndef TMI_ALLOC_MISUSE_H
#define TMI_ALLOC_MISUSE_H

#include "alloc/verb.h"
#include "report/report.h"

/* The call, for reports. */
struct tmi_call tmi_call_of(const struct tmi_verb *verb, const void *ptr);

/* Reports a pointer that is not the start of a live block: judges it further first. */
void tmi_report_not_live(const struct tmi_verb *verb, const void *ptr, struct tmi_finding *finding);

/* Reports a live block that this family may not take. */
void tmi_report_mismatch(const struct tmi_verb *verb, const struct tmi_finding *finding);

void tmi_report_size(const struct tmi_verb *verb, const struct tmi_finding *finding,
                     size_t claimed_size);

#endif
