/*
 * A hundred thousand blocks live at once and are freed in another order.
 */
#include "../misuse.h"

int main(void)
{
    static char *blocks[100000];

    for (size_t i = 0; i < 100000; i++)
        blocks[i] = trackmem_malloc(i % 100);
    for (size_t i = 0; i < 100000; i++)
        trackmem_free(blocks[i * 7919 % 100000]);
    return 0;
}
