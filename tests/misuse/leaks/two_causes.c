/*
 * Leaks of two functions, for the files that suppress or know some of them.
 */
#include "lose.h"

static struct trackmem_domain *textures;

static __attribute__((__noinline__)) void load_table(void)
{
    (void)hidden(trackmem_malloc(500));
    (void)hidden(trackmem_malloc_in(textures, 70));
}

static __attribute__((__noinline__)) void load_names(void)
{
    (void)hidden(trackmem_malloc(20));
    (void)hidden(trackmem_malloc(30));
}

static void load(void)
{
    load_table();
    load_names();
}

int main(void)
{
    textures = trackmem_domain_create(trackmem_domain_create(NULL, "driver"), "textures");
    far_down(load);
    return 0;
}
