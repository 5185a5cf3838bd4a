/*
 * An address is freed, used again, and freed again.
 */
#include "../misuse.h"

int main(void)
{
    for (int i = 0; i < 100000; i++) {
        char *block = trackmem_malloc(48);

        block[47] = 1;
        trackmem_free(block);
    }
    return 0;
}
