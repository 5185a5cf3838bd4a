/*
 * The thread that allocated is gone when its block is overrun.
 */
#include "../misuse.h"

#include <pthread.h>

static void *allocate(void *unused)
{
    (void)unused;
    return trackmem_malloc(96);
}

int main(void)
{
    pthread_t other;
    void *block = NULL;

    (void)pthread_create(&other, NULL, allocate, NULL);
    (void)pthread_join(other, &block);
    ((volatile char *)hidden(block))[96] = 1;
    return 0;
}
