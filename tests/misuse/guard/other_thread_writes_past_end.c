/*
 * One thread allocates, another writes past the end.
 */
#include "../misuse.h"

#include <pthread.h>

static void *write_past_end(void *block)
{
    ((volatile char *)block)[96] = 1;
    return NULL;
}

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));
    pthread_t other;

    (void)pthread_create(&other, NULL, write_past_end, (void *)block);
    (void)pthread_join(other, NULL);
    return 0;
}
