/*
 * suite_loaded.c: the measured code is in a shared object that is loaded as drivers are: late, with
 * its names kept to itself.
 */
#include <dlfcn.h>
#include <stdio.h>

#include "suite.h"

const char bench_suite_argument[] = "FILE.so ";

const struct bench_suite *bench_suite_find(int *argc, char ***argv)
{
    void *object;
    const struct bench_suite *suite;

    if (*argc < 2) {
        fprintf(stderr, "bench: which shared object? usage: %s FILE.so WORKLOAD\n", (*argv)[0]);
        return NULL;
    }
    object = dlopen((*argv)[1], RTLD_NOW | RTLD_LOCAL);
    suite = object ? dlsym(object, "bench_suite") : NULL;
    if (!suite) {
        fprintf(stderr, "bench: %s\n", dlerror());
        return NULL;
    }
    (*argv)[1] = (*argv)[0];
    *argc -= 1;
    *argv += 1;
    return suite;
}
