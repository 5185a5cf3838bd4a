/*
 * account/budget_call.c: see budget_call.h. Called by budget.c, on slow paths.
 */
#include "account/budget_call.h"

#include "platform/platform.h"
#include "platform/self.h"

/* A thread inside a function; stands on its stack. */
struct caller {
    uintptr_t thread;
    struct caller *next;
};

static struct {
    struct tmi_lock lock; /* guards inside; rank "calls", none is taken below it */
    struct caller *inside;
} calls;

/* False: the thread is inside a function already. */
static bool enter(struct caller *self)
{
    bool inside = false;

    tmi_platform_lock(&calls.lock);
    for (const struct caller *caller = calls.inside; caller != NULL; caller = caller->next)
        inside = inside || caller->thread == self->thread;
    if (!inside) {
        self->next = calls.inside;
        calls.inside = self;
    }
    tmi_platform_unlock(&calls.lock);
    return !inside;
}

static void leave(const struct caller *self)
{
    struct caller **link = &calls.inside;

    tmi_platform_lock(&calls.lock);
    while (*link != self)
        link = &(*link)->next;
    *link = self->next;
    tmi_platform_unlock(&calls.lock);
}

bool tmi_budget_call(const struct tmi_budget_call *call, enum trackmem_budget_event event,
                     intptr_t charged)
{
    struct caller self = { .thread = tmi_self_identity() };

    if (call->fn == NULL || !enter(&self))
        return false;
    call->fn(&call->domain->handle, event, (size_t)charged, call->user);
    leave(&self);
    return true;
}

void tmi_budget_call_lock_for_fork(void)
{
    tmi_platform_lock(&calls.lock);
}

void tmi_budget_call_unlock_after_fork(bool in_child)
{
    struct caller **link = &calls.inside;

    while (in_child && *link != NULL) { /* the other threads are gone */
        if ((*link)->thread == tmi_self_identity())
            link = &(*link)->next;
        else
            *link = (*link)->next;
    }
    tmi_platform_unlock(&calls.lock);
}
