/*
 * A block of 13 bytes: the write stays within what the C library rounds up.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(13));

    name[13] = 1;
    name[14] = 2;
    trackmem_free(hidden((const void *)name));
    return 0;
}
