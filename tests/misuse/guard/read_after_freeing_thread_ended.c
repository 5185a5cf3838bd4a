/*
 * A block is read that a thread freed which is gone.
 */
#include "../misuse.h"

#include <pthread.h>

static void *free_it(void *block)
{
    trackmem_free(block);
    return NULL;
}

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));
    pthread_t other;

    (void)pthread_create(&other, NULL, free_it, (void *)block);
    (void)pthread_join(other, NULL);
    (void)block[0];
    return 0;
}
