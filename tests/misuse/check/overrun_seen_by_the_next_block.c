/*
 * What is written behind a block reaches into the zone that it shares with the next one, which is
 * freed first.
 */
#include "../misuse.h"

int main(void)
{
    char *volatile block = trackmem_malloc(28);
    char *next = trackmem_malloc(23);

    for (int i = 28; i < 36; ++i)
        block[i] = 'x';
    trackmem_free(next);
    trackmem_free(block);
    return 0;
}
