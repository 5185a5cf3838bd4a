/*
 * A write past the end of a block is seen by a look at all of them, and once more at its free.
 */
#include "../misuse/misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(12));

    name[12] = 'x';
    (void)trackmem_check_all();
    trackmem_free((void *)(uintptr_t)name);
    return 0;
}
