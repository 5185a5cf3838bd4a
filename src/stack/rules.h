/*
 * stack/rules.h: how the frame of a caller is found, for each return address on its own: what the
 * tables that compilers leave for exceptions say of it, in one word. For stack/ on x86-64 alone.
 *
 *     63 . . 61 60 . . . . . 24 23 . 22     21      20     19     18 . . 14   13 . . . . 0
 *     |  zero  |  address's tag |    | usable | passing | end | by frame | frame's place | size |
 *
 * The caller's frame ends (its CFA) `size` words above where the callee's ended, or above what the
 * frame pointer's register holds there (by frame). There it has saved that register `place` words
 * below its end, or leaves it alone (0). The return address is the word below the end; there is
 * none where the outermost function is (end). Not usable: the tables have something else to say, or
 * nothing. Passing: of a module that may be unloaded.
 *
 * Words are read and stored whole, so readers need no lock. What is pushed out is learned again.
 */
#ifndef TMI_STACK_RULES_H
#define TMI_STACK_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"

#define TMI_RULE_SIZE_MOST  0x3fffu
#define TMI_RULE_PLACE_BIT  14u
#define TMI_RULE_PLACE_MOST 0x1fu
#define TMI_RULE_BY_FRAME   ((uint64_t)1 << 19)
#define TMI_RULE_END        ((uint64_t)1 << 20)
#define TMI_RULE_PASSING    ((uint64_t)1 << 21)
#define TMI_RULE_USABLE     ((uint64_t)1 << 22)
#define TMI_RULE_TAG_BIT    24u

#define TMI_RULE_SETS    2048u /* 128 KiB, of which a small program, too, touches most pages */
#define TMI_RULE_WAYS    4u
#define TMI_ADDRESS_BITS 48u /* the lower half of what x86-64 has, but for five-level tables */

/*
 * With each rule stands the number of its address, below the same tag: what is known of a frame is
 * one cache line.
 */
#define TMI_RULE_NUMBER_MOST 0xffffffu
struct tmi_rule_set {
    uint64_t rules[TMI_RULE_WAYS];
    uint64_t numbers[TMI_RULE_WAYS];
};
extern TMI_HIDDEN struct tmi_rule_set *tmi_rules; /* SETS of them; NULL before the start */

void tmi_rules_start(void *(*map)(size_t size));

/* All that are kept are of modules that stood in this epoch (module.h). */
uint32_t tmi_rules_epoch(void);

/* Whether that is the present epoch. If not, what was passing is forgotten. */
bool tmi_rules_stand(uint32_t epoch);

/* Reads the tables; keeps what they say if the address lies in a module. */
uint64_t tmi_rule_learn(uintptr_t pc);

/* The number of an address that has a rule, from now on kept with it; 0: there is no room. */
uint32_t tmi_rule_number(uintptr_t pc);

/* What they say; of cfi.c. Not passing, and without a tag. */
uint64_t tmi_rule_read(uintptr_t pc);

/*
 * The rule of a return address: one that is usable, or 0 or one that is not. *number: that of the
 * address (intern.c), if it was asked for since the rule was learned; else 0.
 */
TMI_INLINE uint64_t tmi_rule_of(uintptr_t pc, uint32_t *number)
{
    uint64_t mixed = pc ^ pc >> 12;
    const struct tmi_rule_set *set = &tmi_rules[mixed % TMI_RULE_SETS];

    *number = 0;
    if (pc >> TMI_ADDRESS_BITS != 0)
        return 0;
    for (size_t i = 0; i < TMI_RULE_WAYS; ++i) {
        uint64_t rule = tmi_load(&set->rules[i]);

        if (rule >> TMI_RULE_TAG_BIT == mixed / TMI_RULE_SETS) {
            uint64_t numbered = tmi_load(&set->numbers[i]);

            if (TMI_LIKELY(numbered >> TMI_RULE_TAG_BIT == mixed / TMI_RULE_SETS))
                *number = (uint32_t)numbered & TMI_RULE_NUMBER_MOST;
            return rule;
        }
    }
    return tmi_rule_learn(pc);
}

/* The function keeps a frame pointer, and it is that of the frame. */
TMI_INLINE bool tmi_rule_is_framed(uint64_t rule)
{
    const uint64_t whole = TMI_RULE_USABLE | TMI_RULE_BY_FRAME | 2u << TMI_RULE_PLACE_BIT | 2u;

    return (rule & ~(TMI_RULE_PASSING | ~(((uint64_t)1 << TMI_RULE_TAG_BIT) - 1))) == whole;
}

#endif
