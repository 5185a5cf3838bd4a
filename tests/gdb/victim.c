/*
 * Blocks in two domains, for gdb to look at; run.py knows the sizes. With an argument there are so
 * many stacks that those of the blocks are not kept, but their slots' own.
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

static void crowd(unsigned levels)
{
    if (levels == 0) {
        trackmem_free(trackmem_malloc(10));
        return;
    }
    crowd(levels - 1);
    __asm__ volatile("nop"); /* no two calls are one */
    crowd(levels - 1);
    __asm__ volatile(""); /* nor is this one a jump */
}

int main(int count, char **words)
{
    (void)words;
    if (count > 1)
        crowd(14);
    engine = trackmem_domain_create(NULL, "engine");
    textures = trackmem_domain_create(engine, "textures");
    load();               /* line: load */
    trackmem_free(freed); /* line: free */
    look();
    return 0;
}
