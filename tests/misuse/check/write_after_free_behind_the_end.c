/*
 * A block is written behind its end after its free.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));

    trackmem_free(hidden((const void *)name));
    name[24] = 1;
    return 0;
}
