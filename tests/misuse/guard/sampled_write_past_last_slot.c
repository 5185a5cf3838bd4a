/*
 * Each block is sampled; the last of all slots ends where the guard pages do.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *last = NULL;

    for (int i = 0; i < 130; i++) { /* some more than there are slots */
        volatile char *block = (volatile char *)hidden(trackmem_malloc(12288));

        if ((uintptr_t)block % 4096 == 0 && (uintptr_t)block > (uintptr_t)last)
            last = block;
    }
    last[12288 + 5] = 1;
    return 0;
}
