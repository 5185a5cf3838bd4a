/*
 * A block that was written behind its end is looked at.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));

    name[25] = 1;
    trackmem_check(hidden((const void *)name));
    trackmem_free(hidden((const void *)name));
    return 0;
}
