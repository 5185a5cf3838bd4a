/*
 * A list whose head is lost: the rest is lost with it.
 */
#include "lose.h"

struct link {
    struct link *volatile next;
    char room[16 - sizeof(void *)];
};

static void load(void)
{
    struct link *list = NULL;

    for (int i = 0; i < 4; i++) {
        struct link *link = trackmem_malloc(sizeof *link);

        link->next = list;
        list = link;
    }
    (void)hidden(list);
}

int main(void)
{
    far_down(load);
    return 0;
}
