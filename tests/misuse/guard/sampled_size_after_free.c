/*
 * The size of a sampled block is asked for after its free.
 */
#include "../misuse.h"

int main(void)
{
    void *block = hidden(trackmem_malloc(96));

    trackmem_free(block);
    (void)trackmem_size(block);
    return 0;
}
