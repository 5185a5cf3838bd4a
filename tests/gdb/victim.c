/*
 * Blocks in two domains, for gdb to look at; run.py knows the sizes.
 */
#include <trackmem/domain.h>
#include <trackmem/trackmem.h>

static struct trackmem_domain *engine, *textures;
static char *kept, *freed, *kept_too[7];

__attribute__((__noinline__)) static void look(void)
{
    __asm__ volatile("" ::: "memory"); /* gdb stops here */
}

__attribute__((__noinline__)) static void load(void)
{
    kept = trackmem_malloc_in(textures, 1000); /* line: keep */
    for (int i = 0; i < 7; ++i)
        kept_too[i] = trackmem_malloc_in(engine, 20); /* line: keep more */
    freed = trackmem_malloc(300);
}

int main(void)
{
    engine = trackmem_domain_create(NULL, "engine");
    textures = trackmem_domain_create(engine, "textures");
    load();               /* line: load */
    trackmem_free(freed); /* line: free */
    look();
    return 0;
}
