/*
 * What the program has a pointer into is not lost; the report says how many are held by such only.
 */
#include "lose.h"

static char *middle;

static void load(void)
{
    middle = (char *)trackmem_malloc(300) + 100;
    (void)hidden(trackmem_malloc(50));
}

int main(void)
{
    far_down(load);
    return hidden(middle) == NULL;
}
