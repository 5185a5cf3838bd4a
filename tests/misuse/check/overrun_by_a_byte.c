/*
 * A block of 24 bytes, which the C library rounds up to: the 25th is written.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));

    name[24] = 'x';
    trackmem_free(hidden((const void *)name));
    return 0;
}
