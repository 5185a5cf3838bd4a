/*
 * A block is resized and freed by threads that did not make it.
 */
#include "../check/thread.h"
#include "../misuse.h"

static size_t size = 10;

static void grow(void *place)
{
    char **block = place;

    size += 10;
    *block = trackmem_realloc(*block, size);
    (*block)[size - 1] = 1;
}

int main(void)
{
    char *block = trackmem_malloc(10);

    for (int i = 0; i < 20; i++)
        in_a_thread(grow, &block);
    block[209] = 1;
    trackmem_free(block);
    return 0;
}
