/*
 * Blocks outlive the thread that allocated them.
 */
#include "../check/thread.h"
#include "../misuse.h"

static void make(void *place)
{
    *(char **)place = trackmem_malloc(100);
}

int main(void)
{
    char *block = NULL;

    for (int i = 0; i < 50; i++) {
        in_a_thread(make, &block);
        block[99] = 1;
        trackmem_free(block);
    }
    return 0;
}
