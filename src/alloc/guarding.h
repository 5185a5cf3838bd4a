/*
 * alloc/guarding.h: which blocks stand against guard pages, and what is said when one of those
 * pages, or a NULL that was never checked, is touched. The pages are block/guard.h's.
 */
#ifndef TMI_ALLOC_GUARDING_H
#define TMI_ALLOC_GUARDING_H

#include "alloc/verb.h"
#include "block/guard.h"

/* Readies the pages that the option asks for. Returns whether every block is to be guarded. */
bool tmi_guarding_start(void);

/* Catches faults, if there are guard pages, or check mode is on. */
void tmi_guarding_catch(void);

/* Looks at the zones of all live blocks; returns how many were damaged. */
size_t tmi_guarding_sweep(const struct tmi_call *call);
/* The same for one block of layout GUARDED. Returns whether it was damaged. */
bool tmi_guarding_look(const void *block, const struct tmi_call *call);

/*
 * A live block against a guard page, if it is this one's turn; NULL: make a plain one. thread may
 * be NULL. zero: its bytes have to be.
 */
void *tmi_guarding_create(const struct tmi_verb *verb, struct tmi_thread *thread, uint64_t shape,
                          uint32_t account, bool zero);

/* Says, once, that blocks are made that could not be guarded. */
void tmi_guarding_say_unguarded(void);

/*
 * Ends a block of layout GUARDED; what is wrong with its zone is reported. *account is its own as
 * it ends: who heard of the report may have transferred it. False: it has ended.
 */
bool tmi_guarding_end(const struct tmi_verb *verb, struct tmi_thread *thread, void *block,
                      uint32_t *account);

/* Notes the last allocation of a thread that failed; size SIZE_MAX: not known. */
void tmi_guarding_note_failure(struct tmi_thread *thread, const struct tmi_site *site, size_t size);

/* A thread that has a record now, or ends: it needs a stack for the handler. */
void tmi_guarding_thread_begins(struct tmi_thread *thread);
void tmi_guarding_thread_ends(struct tmi_thread *thread);

/* Puts the signals' handlers back. */
void tmi_guarding_finish(void);

#endif
