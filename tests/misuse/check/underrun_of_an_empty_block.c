/*
 * A block of no bytes, and the byte before it is written.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *empty = hidden(trackmem_malloc(0));

    empty[-1] = 1;
    trackmem_free(hidden((const void *)empty));
    return 0;
}
