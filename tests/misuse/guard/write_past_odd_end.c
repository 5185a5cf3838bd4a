/*
 * By guard_align=1 a block of any size ends at the page.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(101));

    block[101] = 1;
    trackmem_free((void *)block);
    return 0;
}
