/*
 * Somebody wrote below the start of a large block.
 */
#include "misuse.h"

UNSEEN int main(void)
{
    char *image = (char *)trackmem_malloc(100000);
    char *below = (char *)hidden(image - 8);
    char kept = below[0];
    below[0] = (char)(kept ^ 0x55);
    trackmem_free(hidden(image));
    below[0] = kept;
    trackmem_free(image);
    return 0;
}
