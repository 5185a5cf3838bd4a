/*
 * main.c: a sub-block of an arena reaches trackmem_free. The report names it as what it is, with
 * its context and its own call site, though trackmem gave the arena whole chunks only.
 */
#include <stdio.h>

#define TRACKMEM_DOMAIN shaders
#include <trackmem/domain.h>
#include <trackmem/observe.h>

#include "arena.h"

TRACKMEM_DEFINE_DOMAIN(shaders, "shaders", NULL);

int main(void)
{
    struct arena *program = arena_create(NULL, "program");
    struct arena *shader = arena_create(program, "vertex shader");
    void *instruction = shader != NULL ? arena_alloc(shader, 72) : NULL;
    struct trackmem_stats stats;

    trackmem_free(instruction); /* the mistake: it belongs to its context */
    arena_free(program);
    if (trackmem_domain_stats(NULL, true, &stats) != TRACKMEM_OK)
        return 2;
    printf("The program goes on: mistakes seen: %llu, bytes left: %llu.\n",
           (unsigned long long)trackmem_misuse_count(), (unsigned long long)stats.live_bytes);
    return 0;
}
