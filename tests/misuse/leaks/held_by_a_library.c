/*
 * Not lost: what a library points to that was loaded later, from its data, its zero data and its
 * thread-local data.
 */
#include <dlfcn.h>
#include <stdio.h>

#include "lose.h"

static void (*hold)(void *in_data, void *in_zero_data, void *in_thread);

static void load(void)
{
    hold(trackmem_malloc(10), trackmem_malloc(20), trackmem_malloc(30));
}

int main(void)
{
    void *library = dlopen(HOLDER_MODULE, RTLD_NOW);
    void *symbol = library != NULL ? dlsym(library, "hold") : NULL;

    if (symbol == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    *(void **)&hold = symbol;
    far_down(load);
    return 0;
}
