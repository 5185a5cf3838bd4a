/*
 * block/damage.h: says what check mode found. Called with no lock held.
 */
#ifndef TMI_BLOCK_DAMAGE_H
#define TMI_BLOCK_DAMAGE_H

#include "block/record.h"
#include "report/report.h"

/* What reports tell of the block of a record. */
struct tmi_block_facts tmi_record_facts(const struct tmi_record *record);

/* Where a freed block was freed; NULL: not known. */
struct trackmem_site *tmi_record_freed_at(const struct tmi_record *record);

/* Reports a damaged block: what was written where, seen by which call (NULL: as it left us). */
void tmi_damage_report(const struct tmi_record *record, const struct tmi_damage *damage,
                       const struct tmi_call *call);

#endif
