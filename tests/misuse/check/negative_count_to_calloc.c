/*
 * A count became negative before it was asked for.
 */
#include "../misuse.h"

int main(void)
{
    volatile int count = -3;
    int *numbers = trackmem_calloc((size_t)count, sizeof *numbers);

    trackmem_free(numbers);
    return 0;
}
