/*
 * alloc/check.h: check mode as the verbs and the start of the library see it.
 */
#ifndef TMI_ALLOC_CHECK_H
#define TMI_ALLOC_CHECK_H

#include "alloc/verb.h"

/*
 * Switches the mode on if an option asks for it; before the first block. guarded: every block is
 * to stand against guard pages; those that cannot have redzones.
 */
void tmi_check_start(bool guarded);

/* Whether freed blocks are to be inaccessible while they wait: the option quarantine. */
bool tmi_check_protects(void);

/* Lets those options act that may change at any time. */
void tmi_check_configure(void);

/* Looks at every block before the process ends. */
void tmi_check_finish(void);

void tmi_check_lock_for_fork(void);
void tmi_check_unlock_after_fork(bool in_child);

/* Reports count times size bytes, if no program can mean so many. */
void tmi_check_size(const struct tmi_verb *verb, size_t count, size_t size);

/*
 * Claims a live block for the verb that frees it, after what is wrong with it was reported: while a
 * report is made nobody has it claimed, so that who hears of it may ask for it, and even free it.
 * False: another was first.
 */
bool tmi_check_claim(const struct tmi_verb *verb, uint32_t number, uint32_t life);

TMI_COLD void tmi_check_tick_slowly(const struct tmi_verb *verb, struct tmi_thread *thread);

/* How many operations of a thread lie between two looks at every block; 0: none is made. */
extern TMI_HIDDEN uint32_t tmi_check_every;

/* One more operation. */
TMI_INLINE void tmi_check_tick(const struct tmi_verb *verb, struct tmi_thread *thread)
{
    if (TMI_UNLIKELY(tmi_load(&tmi_check_every) != 0))
        tmi_check_tick_slowly(verb, thread);
}

#endif
