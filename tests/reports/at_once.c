/*
 * Eight threads that commit misuse at the same time, each of a size of its own. Stacks and the
 * place are so long that reports with them do not fit one write. For run.py.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <trackmem/trackmem.h>

#define THREADS    8
#define MISTAKES   20
#define DEPTH      60
#define LONG_BYTES 3000

static char long_file[LONG_BYTES];
static struct trackmem_site site = { long_file, "work", NULL, 1, 0, 0, TRACKMEM_LAYOUT_VERSION };
static pthread_barrier_t together;

static void mistake(size_t size)
{
    void *volatile block = trackmem_malloc_at(&site, size);

    if (block == NULL)
        abort();
    trackmem_aligned_free(block);
    trackmem_free(block); /* it is alive still */
}

static size_t below(size_t depth, size_t size)
{
    if (depth == 0) {
        mistake(size);
        return 0;
    }
    return below(depth - 1, size) + *(volatile size_t *)&depth;
}

static void *work(void *size)
{
    pthread_barrier_wait(&together);
    for (int i = 0; i < MISTAKES; ++i)
        (void)below(DEPTH, (size_t)size);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];

    memset(long_file, 'x', sizeof long_file - 1);
    pthread_barrier_init(&together, NULL, THREADS);
    for (size_t i = 0; i < THREADS; ++i)
        if (pthread_create(&threads[i], NULL, work, (void *)(1000 + i)) != 0)
            return 1;
    for (size_t i = 0; i < THREADS; ++i)
        pthread_join(threads[i], NULL);
    return 0;
}
