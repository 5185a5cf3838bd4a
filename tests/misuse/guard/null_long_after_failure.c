/*
 * A failure long ago is no explanation.
 */
#include "../misuse.h"

int main(void)
{
    volatile int *nothing = (volatile int *)hidden(trackmem_malloc(40));

    for (int i = 0; i < 100; ++i)
        trackmem_free(trackmem_malloc(10));
    *nothing = 1;
    return 0;
}
