/*
 * No allocation failed: nothing is claimed of a NULL.
 */
#include "../misuse.h"

int main(void)
{
    volatile int *nothing = (volatile int *)hidden(NULL);

    trackmem_free(trackmem_malloc(10));
    *nothing = 1;
    return 0;
}
