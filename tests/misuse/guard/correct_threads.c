/*
 * A correct program: threads free what others made.
 */
#include "../misuse.h"

#include <pthread.h>
#include <string.h>

#define SLOTS 64

static void *slots[SLOTS];

static void *work(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < 2000; ++i) {
        size_t size = i * 37 % 3000;
        char *block = (char *)trackmem_malloc(size);

        memset(block, 1, size);
        trackmem_free(__atomic_exchange_n(&slots[i * 7 % SLOTS], block, __ATOMIC_ACQ_REL));
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; ++i)
        (void)pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 4; ++i)
        (void)pthread_join(threads[i], NULL);
    for (int i = 0; i < SLOTS; ++i)
        trackmem_free(slots[i]);
    return 0;
}
