/*
 * alloc/guarding_none.c: alloc/guarding.h where there are no pages and nobody is told of a fault.
 */
#include "alloc/guarding.h"
#include "alloc/options.h"

bool tmi_option_set_guard(const char *text, size_t length, struct tmi_option_problem *problem)
{
    *problem = (struct tmi_option_problem){ text, length, ": not on this system" };
    return false;
}

bool tmi_guarding_start(void)
{
    return false;
}

void tmi_guarding_catch(void)
{
}

void tmi_guarding_finish(void)
{
}

size_t tmi_guarding_sweep(const struct tmi_call *call)
{
    (void)call;
    return 0;
}

bool tmi_guarding_look(const void *block, const struct tmi_call *call)
{
    (void)block;
    (void)call;
    return false;
}

void *tmi_guarding_create(const struct tmi_verb *verb, struct tmi_thread *thread, uint64_t shape,
                          uint32_t account, bool zero)
{
    (void)verb;
    (void)thread;
    (void)shape;
    (void)account;
    (void)zero;
    return NULL;
}

void tmi_guarding_say_unguarded(void)
{
}

bool tmi_guarding_end(const struct tmi_verb *verb, struct tmi_thread *thread, void *block,
                      uint32_t *account)
{
    (void)account;
    (void)verb;
    (void)thread;
    (void)block;
    return false;
}

void tmi_guarding_note_failure(struct tmi_thread *thread, const struct tmi_site *site, size_t size)
{
    (void)thread;
    (void)site;
    (void)size;
}

void tmi_guarding_thread_begins(struct tmi_thread *thread)
{
    (void)thread;
}

void tmi_guarding_thread_ends(struct tmi_thread *thread)
{
    (void)thread;
}
