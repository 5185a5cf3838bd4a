/*
 * platform/fault_turn.c: see fault_turn.h. Async-signal-safe.
 */
#include "platform/fault_turn.h"

#include "base/atomic.h"
#include "platform/platform.h"
#include "platform/self.h"

#define MOST_AT_ONCE 64

static struct {
    const struct tmi_fault_catcher *catcher; /* atomic */
    struct {
        uintptr_t thread; /* atomic; 0: a free place */
        void *way_out;    /* the thread's own */
    } places[MOST_AT_ONCE];
} turn;

const struct tmi_fault_catcher *tmi_fault_turn_catcher(void)
{
    return tmi_load_acquire(&turn.catcher);
}

void tmi_fault_turn_set(const struct tmi_fault_catcher *catcher)
{
    tmi_store_release(&turn.catcher, catcher);
}

static int find_self(void)
{
    uintptr_t self = tmi_self_identity();

    for (int i = 0; i < MOST_AT_ONCE; ++i)
        if (tmi_load(&turn.places[i].thread) == self)
            return i;
    return TMI_FAULT_NO_PLACE;
}

int tmi_fault_turn_enter(void *way_out)
{
    uintptr_t self = tmi_self_identity();

    if (find_self() != TMI_FAULT_NO_PLACE)
        return TMI_FAULT_IN_IT_ALREADY;
    for (int i = 0; i < MOST_AT_ONCE; ++i) {
        uintptr_t nobody = 0;

        if (__atomic_compare_exchange_n(&turn.places[i].thread, &nobody, self, false,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            turn.places[i].way_out = way_out;
            return i;
        }
    }
    return TMI_FAULT_NO_PLACE;
}

void tmi_fault_turn_leave(int place)
{
    tmi_store_release(&turn.places[place].thread, 0);
}

void *tmi_fault_turn_break_off(void)
{
    static const char line[] = "trackmem: a fault within the report of a fault: that is all there "
                               "is of it\n";

    (void)tmi_platform_write(2, line, sizeof line - 1);
    return turn.places[find_self()].way_out;
}

void tmi_fault_turn_abandon(void)
{
    tmi_fault_turn_leave(find_self());
}

bool tmi_fault_is_handled_here(void)
{
    return find_self() != TMI_FAULT_NO_PLACE;
}
