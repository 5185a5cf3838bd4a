/*
 * A pointer into a block is freed, after the block itself.
 */
#include "../misuse.h"

int main(void)
{
    char *name = hidden(trackmem_malloc(64));

    trackmem_free(name);
    trackmem_free(hidden((char *)hidden(name) + 16));
    return 0;
}
