/*
 * The size told at the free is not the one asked for.
 */
#include "misuse.h"

int main(void)
{
    void *name = trackmem_malloc(48);
    trackmem_free_sized(name, 40);
    return 0;
}
