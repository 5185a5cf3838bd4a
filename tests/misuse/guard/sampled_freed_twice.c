/*
 * Sampled blocks, either side, are freed twice: the second free finds a closed page.
 */
#include "../misuse.h"

int main(void)
{
    for (int sides = 0; sides != 3;) {
        void *block = hidden(trackmem_malloc(96));
        int side = (uintptr_t)block % 4096 == 0 ? 1 : 2;

        if ((sides & side) != 0)
            continue;
        sides |= side;
        trackmem_free(block);
        trackmem_free(block);
    }
    return 0;
}
