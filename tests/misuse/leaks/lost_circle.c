/*
 * Three blocks that point at each other in a circle, and one that hangs on them: one counts as lost
 * directly.
 */
#include "lose.h"

struct part {
    struct part *volatile next;
    void *volatile hangs[16 / sizeof(void *) - 1];
};

static void load(void)
{
    struct part *parts[3];

    for (int i = 0; i < 3; i++)
        parts[i] = trackmem_calloc(1, sizeof *parts[i]);
    for (int i = 0; i < 3; i++)
        parts[i]->next = parts[(i + 1) % 3];
    parts[1]->hangs[0] = trackmem_malloc(100);
    (void)hidden(parts[0]);
}

int main(void)
{
    far_down(load);
    return 0;
}
