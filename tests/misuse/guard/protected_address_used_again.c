/*
 * A correct program: what is freed waits until more than the bound does, the oldest first.
 */
#include "../misuse.h"

#include <stdlib.h>

#define WITHIN 200 /* blocks of 64 to 96 bytes within 32 KiB */
#define BEYOND 2000

static bool comes_again(uintptr_t address, int times)
{
    bool again = false;

    for (int i = 0; i < times; ++i) {
        void *block = trackmem_malloc(32);

        again = again || (uintptr_t)block == address;
        trackmem_free(block);
    }
    return again;
}

int main(void)
{
    void *block = trackmem_malloc(32);
    uintptr_t address = (uintptr_t)block;

    trackmem_free(block);
    if (comes_again(address, WITHIN) || !comes_again(address, BEYOND))
        abort();
    return 0;
}
