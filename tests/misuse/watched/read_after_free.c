/*
 * A freed block is read.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(100));

    trackmem_free((void *)block);
    return block[8] == 1; /* the value is used: else Valgrind leaves the read out */
}
