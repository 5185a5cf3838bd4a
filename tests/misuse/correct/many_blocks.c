/*
 * Twenty thousand blocks live at once and are freed in another order. More would not all get guard
 * pages where each pair of those takes two mappings (guard/limit_of_mappings.c).
 */
#include "../misuse.h"

int main(void)
{
    static char *blocks[20000];

    for (size_t i = 0; i < 20000; i++)
        blocks[i] = trackmem_malloc(i % 100);
    for (size_t i = 0; i < 20000; i++)
        trackmem_free(blocks[i * 7919 % 20000]);
    return 0;
}
