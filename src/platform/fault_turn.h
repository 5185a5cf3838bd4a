/*
 * platform/fault_turn.h: which threads are in the function that is asked about a fault. What all
 * systems share of fault.h; only its files include it.
 */
#ifndef TMI_PLATFORM_FAULT_TURN_H
#define TMI_PLATFORM_FAULT_TURN_H

#include "platform/fault.h"

/* What is asked, by tmi_fault_catch; before the first fault it is set. */
const struct tmi_fault_catcher *tmi_fault_turn_catcher(void);
void tmi_fault_turn_set(const struct tmi_fault_catcher *catcher);

/*
 * The calling thread enters, and leaves. way_out: where a fault of it goes on that comes in
 * between. Negative: it is in there already, or too many are.
 */
enum { TMI_FAULT_NO_PLACE = -1, TMI_FAULT_IN_IT_ALREADY = -2 };
int tmi_fault_turn_enter(void *way_out);
void tmi_fault_turn_leave(int place);

/* Says that a fault came in between, and returns the way out of it; or leaves without it. */
void *tmi_fault_turn_break_off(void);
void tmi_fault_turn_abandon(void);

#endif
