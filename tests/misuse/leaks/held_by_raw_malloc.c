/*
 * Not lost: what stands in memory of the C library's, small and large, and in a mapping.
 */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

#include "lose.h"

struct raw {
    void *volatile owned;
};
static struct raw *small;
static struct raw *large;
static void **mapping;

static void load(void)
{
    small = malloc(sizeof *small);
    small->owned = trackmem_malloc(10);
    large = malloc(10 << 20);
    large[100000].owned = trackmem_malloc(20);
    mapping = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mapping[5000] = trackmem_malloc(30);
    (void)mprotect(mapping, 1 << 20, PROT_READ); /* no longer writable, but it was */
}

int main(void)
{
    far_down(load);
    return hidden(small) == NULL || hidden(large) == NULL || hidden(mapping) == NULL;
}
