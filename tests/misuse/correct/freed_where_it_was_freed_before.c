/*
 * A thread frees and ends; its addresses are used again.
 */
#include "../check/thread.h"
#include "../misuse.h"

static void free_it(void *block)
{
    trackmem_free(block);
}

int main(void)
{
    for (int i = 0; i < 20; i++) {
        char *block = trackmem_malloc(5000);

        in_a_thread(free_it, block);
        block = trackmem_malloc(5000);
        block[4999] = 1;
        trackmem_free(block);
    }
    return 0;
}
