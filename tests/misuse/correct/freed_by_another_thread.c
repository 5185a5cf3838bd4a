/*
 * Blocks are freed by a thread that did not allocate them.
 */
#include "../check/thread.h"
#include "../misuse.h"

static void drop(void *block)
{
    trackmem_free(block);
}

int main(void)
{
    for (int i = 0; i < 50; i++)
        in_a_thread(drop, trackmem_malloc((size_t)i * 10));
    return 0;
}
