/*
 * A block is freed with its size, and tells it.
 */
#include "../misuse.h"

int main(void)
{
    char *block = trackmem_malloc(123);

    if (trackmem_size(block) != 123)
        return 1;
    trackmem_free_sized(block, 123);
    return 0;
}
