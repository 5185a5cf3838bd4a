/*
 * A large allocation failed; an index leads far from NULL.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(1 << 20));

    block[100000] = 1;
    trackmem_free((void *)block);
    return 0;
}
