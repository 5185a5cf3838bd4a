/*
 * A block is written after its free; that is seen as the program ends.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));

    trackmem_free(hidden((const void *)name));
    name[3] = 'x';
    return 0;
}
