/*
 * The one pointer to a block lies in a block that was freed and waits in the quarantine.
 */
#include "lose.h"

struct owner {
    char name[200];
    void *volatile owned;
    char more[200];
};

static void load(void)
{
    struct owner *owner = trackmem_malloc(sizeof *owner);

    owner->owned = trackmem_malloc(80);
    trackmem_free(hidden(owner));
}

int main(void)
{
    far_down(load);
    return 0;
}
