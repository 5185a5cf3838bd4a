/*
 * block/graves.c: the list of all threads' tables. Lock-free; called for reports only.
 */
#include "block/graves.h"

static struct tmi_graves *all_graves; /* pushed with release, read with acquire */

void tmi_graves_publish(struct tmi_graves *graves)
{
    tmi_push(&all_graves, graves);
}

bool tmi_graves_find(const void *block, struct tmi_grave *found)
{
    for (const struct tmi_graves *table = tmi_load_acquire(&all_graves); table != NULL;
         table = tmi_load_acquire(&table->next)) {
        const struct tmi_grave *grave = &table->graves[tmi_graves_place(block)];

        if (tmi_load(&grave->block) != (uintptr_t)block)
            continue;
        *found = (struct tmi_grave){ (uintptr_t)block, tmi_load(&grave->shape),
                                     tmi_load(&grave->owner), tmi_load(&grave->freed_at) };
        return true;
    }
    return false;
}

bool tmi_graves_find_around(const void *address, struct tmi_grave *found)
{
    for (const struct tmi_graves *table = tmi_load_acquire(&all_graves); table != NULL;
         table = tmi_load_acquire(&table->next)) {
        for (size_t i = 0; i < TMI_GRAVES; ++i) {
            const struct tmi_grave *grave = &table->graves[i];

            *found = (struct tmi_grave){ tmi_load(&grave->block), tmi_load(&grave->shape),
                                         tmi_load(&grave->owner), tmi_load(&grave->freed_at) };
            if ((uintptr_t)address - found->block < tmi_shape_size(found->shape) &&
                tmi_header_verifies((const void *)found->block, found->shape, found->owner))
                return true;
        }
    }
    return false;
}
