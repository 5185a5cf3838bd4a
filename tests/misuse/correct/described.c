/*
 * Addresses in and around blocks are described.
 */
#include "../misuse.h"

int main(void)
{
    char *block = trackmem_malloc(123);
    char text[200];

    if (!trackmem_describe(block, text, sizeof text) ||
        !trackmem_describe(block + 50, text, sizeof text) ||
        trackmem_describe(text, text, sizeof text))
        return 1;
    trackmem_free(block);
    return 0;
}
