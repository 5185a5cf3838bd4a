/*
 * The pointer to a block is overwritten by the NULL of a resize that failed.
 */
#include <stdint.h>

#include "lose.h"

static void grow(void)
{
    char *volatile text = trackmem_malloc(100);

    text = trackmem_realloc(hidden(text), SIZE_MAX / 2);
    (void)hidden(text);
}

int main(void)
{
    far_down(grow);
    return 0;
}
