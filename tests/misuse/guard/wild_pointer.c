/*
 * A pointer that is nobody's: nothing is claimed of it.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *wild = (volatile char *)hidden((void *)(uintptr_t)0x10200300);

    trackmem_free(trackmem_malloc(10));
    *wild = 1;
    return 0;
}
