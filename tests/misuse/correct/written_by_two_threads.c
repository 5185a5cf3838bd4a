/*
 * Two threads write one block, each its half.
 */
#include <pthread.h>

#include "../misuse.h"

static void *write_half(void *start)
{
    volatile char *half = start;

    for (int i = 0; i < 1000; i++)
        half[i] = 1;
    return NULL;
}

int main(void)
{
    char *block = trackmem_malloc(2000);
    pthread_t thread;

    if (pthread_create(&thread, NULL, write_half, block) != 0)
        return 1;
    write_half(block + 1000);
    pthread_join(thread, NULL);
    trackmem_free(block);
    return 0;
}
