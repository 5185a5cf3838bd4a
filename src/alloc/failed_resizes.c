/*
 * alloc/failed_resizes.c: see failed_resizes.h. Two threads that meet in one place may leave a mix
 * of both: then account and block do not agree, and nothing is told.
 */
#include "alloc/failed_resizes.h"

#include "base/atomic.h"

/* A block is kept as its complement: this list is no pointer to it. All atomic, relaxed. */
static struct {
    uintptr_t not_block; /* 0: empty */
    uint32_t account;
    uint32_t site;
} list[TMI_FAILED_RESIZES];
static uint32_t next; /* atomic */

void tmi_failed_resize_note(const struct tmi_failed_resize *failed)
{
    uint32_t place = tmi_add(&next, 1) % TMI_FAILED_RESIZES;

    tmi_store(&list[place].not_block, ~failed->block);
    tmi_store(&list[place].account, failed->account);
    tmi_store(&list[place].site, failed->site);
}

bool tmi_failed_resize_at(size_t place, struct tmi_failed_resize *failed)
{
    uintptr_t not_block = tmi_load(&list[place].not_block);

    *failed = (struct tmi_failed_resize){ ~not_block, tmi_load(&list[place].account),
                                          tmi_load(&list[place].site) };
    return not_block != 0;
}
