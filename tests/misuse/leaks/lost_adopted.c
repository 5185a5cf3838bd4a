/*
 * A block of the C library's that was adopted is lost; another is held by one that was adopted.
 */
#include <stdlib.h>

#include "lose.h"

static void **shelf;
static void *first; /* a sanitizer has the address of the first block of each size */

static void load(void)
{
    void *block;

    first = malloc(77);
    block = malloc(77);
    (void)trackmem_adopt(block, 77);
    shelf = malloc(8);
    *shelf = trackmem_malloc(10);
    (void)trackmem_adopt(shelf, 8);
}

int main(void)
{
    far_down(load);
    return hidden(shelf) == NULL || hidden(first) == NULL;
}
