/*
 * By guard_align=1 a read past the end of a string faults.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(7));

    (void)block[7];
    trackmem_free((void *)block);
    return 0;
}
