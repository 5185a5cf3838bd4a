/*
 * The block is alive at exit, where its zone is looked at.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(100));

    block[100] = 1;
    return 0;
}
