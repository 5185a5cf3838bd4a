/*
 * A block that is never freed was written before its start.
 */
#include "../misuse.h"

int main(void)
{
    static volatile char *name; /* in memory: nothing is leaked */

    name = hidden(trackmem_malloc(24));
    name[-9] = 1;
    return 0;
}
