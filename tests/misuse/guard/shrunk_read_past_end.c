/*
 * A block that shrank, read where it ended before.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_realloc(trackmem_malloc(96), 32));

    (void)block[95];
    trackmem_free((void *)block);
    return 0;
}
