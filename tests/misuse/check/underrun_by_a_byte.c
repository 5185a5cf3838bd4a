/*
 * A loop from the end goes on to the index -1.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));

    for (int i = 23; i >= -1; i--)
        name[i] = '.';
    trackmem_free(hidden((const void *)name));
    return 0;
}
