/*
 * block/judge.h: whose is this pointer, and in what state?
 */
#ifndef TMI_BLOCK_JUDGE_H
#define TMI_BLOCK_JUDGE_H

#include "block/checked.h"
#include "block/exact.h"

enum tmi_verdict {
    TMI_VERDICT_LIVE,     /* the start of a live block of ours: shape and owner are its header */
    TMI_VERDICT_ADOPTED,  /* a block that was adopted: size and account are known */
    TMI_VERDICT_UNKNOWN,  /* neither; tmi_judge_further tells */
    TMI_VERDICT_FREED,    /* a block of ours that was freed */
    TMI_VERDICT_INTERIOR, /* inside a live block of ours, or an adopted one */
    TMI_VERDICT_DAMAGED,  /* a block whose header does not verify, though half of it may stand */
    TMI_VERDICT_FOREIGN   /* somebody else's */
};

struct tmi_finding {
    enum tmi_verdict verdict;
    const void *block;
    uint64_t shape; /* of ours; of an adopted block its size and family libc */
    uint64_t owner;
    uint32_t account;
    struct trackmem_site *freed_at; /* of a freed block, perhaps of an unloaded module; or NULL */
    uint32_t record;                /* of check mode: its number, or 0 */
    uint32_t life;                  /* of that record */
    uint32_t allocated_stack;       /* of check mode: see record.h */
    uint32_t freed_stack;
};

/*
 * The quick half: LIVE, ADOPTED, DAMAGED or UNKNOWN. Reads the 16 bytes before ptr only where
 * exact.h says that they are in its own page: a pointer to memory that is not mapped faults here as
 * it would in the C library's free. In check mode nothing is read, and FREED is known at once.
 */
struct tmi_finding tmi_judge(const void *ptr);

/* The same in check mode, which tmi_judge turns to; see judge_checked.c. */
struct tmi_finding tmi_judge_checked(const void *ptr);
void tmi_judge_further_checked(const void *ptr, struct tmi_finding *finding);

/* And for an address that tmi_guard_owns; see judge_guarded.c. */
struct tmi_finding tmi_judge_guarded(const void *ptr);
void tmi_judge_further_guarded(const void *ptr, struct tmi_finding *finding);

/* The block that such an address lies in or beside: INTERIOR or FREED; FOREIGN: there is none. */
struct tmi_finding tmi_judge_beside_guarded(const void *ptr);

struct tmi_finding tmi_finding_of_adopted(const struct tmi_exact_entry *entry);

/* Both halves, with nothing read before the system was asked. */
struct tmi_finding tmi_judge_unread(const void *ptr);

/*
 * Finds out more about a pointer that is UNKNOWN, for a report: FREED, INTERIOR, DAMAGED or
 * FOREIGN. Slow: asks the system before it reads anything, and looks up to 64 KiB back for a block.
 */
void tmi_judge_further(const void *ptr, struct tmi_finding *finding);

#endif
