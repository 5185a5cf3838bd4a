/*
 * Other threads allocate, free, load libraries and write to streams while leaks are looked for,
 * many times: nothing of them is lost, and nobody waits for a lock that a held thread has.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lose.h"

enum { KEPT = 300, SEARCHES = 40 };

static void *allocates(void *unused)
{
    void *kept[KEPT] = { NULL };

    (void)unused;
    for (unsigned i = 0;; i++) {
        void **slot = &kept[i * 2654435761u % KEPT];

        trackmem_free(*slot);
        *slot = trackmem_malloc(i % 7 == 0 ? 100000 : i % 500);
        free(malloc(i % 3000));
    }
    return NULL;
}

static void *loads(void *unused)
{
    (void)unused;
    for (;;) {
        void *library = dlopen(HOLDER_MODULE, RTLD_NOW);

        if (library != NULL)
            dlclose(library);
    }
    return NULL;
}

static void *writes(void *unused)
{
    (void)unused;
    for (;;)
        printf("%d\n", 1);
    return NULL;
}

int main(void)
{
    void *(*const kinds[])(void *) = { allocates, allocates, loads, writes };
    pthread_t thread;

    if (freopen("/dev/null", "w", stdout) == NULL)
        return 1;
    for (int i = 0; i < 4; i++)
        if (pthread_create(&thread, NULL, kinds[i], NULL) != 0)
            return 1;
    for (int i = 0; i < SEARCHES; i++)
        if (trackmem_check_leaks() != 0)
            return 2;
    _Exit(0);
}
