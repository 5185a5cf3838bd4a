/*
 * Blocks that nothing points to any more, from two places.
 */
#include "lose.h"

static void load(void)
{
    for (int i = 0; i < 3; i++)
        (void)hidden(trackmem_malloc(40));
    (void)hidden(trackmem_malloc(1000));
}

int main(void)
{
    far_down(load);
    return 0;
}
