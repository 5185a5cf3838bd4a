/*
 * A block that is never freed was written behind its end.
 */
#include "../misuse.h"

int main(void)
{
    static volatile char *name; /* in memory: nothing is leaked */

    name = hidden(trackmem_malloc(24));
    name[24] = 1;
    return 0;
}
