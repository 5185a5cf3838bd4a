/*
 * Not lost: what a global, a static of a function and a static array point to.
 */
#include "lose.h"

void *for_all;
static void *volatile array[100];

static void load(void)
{
    static void *volatile own;

    for_all = trackmem_malloc(10);
    array[99] = trackmem_malloc(20);
    own = trackmem_malloc(30);
    (void)hidden(own);
}

int main(void)
{
    far_down(load);
    return hidden(array[99]) == NULL;
}
