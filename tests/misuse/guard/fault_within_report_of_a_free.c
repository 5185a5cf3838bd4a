/*
 * The report of a misuse that is no fault meets a record that was overwritten (the name of a domain
 * leads nowhere); the program's handler jumps out of that fault. The report is given up, and the
 * next one is made.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include <trackmem/domain.h>

static sigjmp_buf back;

static void on_fault(int number)
{
    (void)number;
    siglongjmp(back, 1);
}

static bool overwrite(struct trackmem_domain *domain, const char *path,
                      const struct trackmem_stats *alone,
                      const struct trackmem_stats *with_descendants, void *nowhere)
{
    (void)alone;
    (void)with_descendants;
    if (strcmp(path, "cache") != 0)
        return true;
    domain->name = (const char *)nowhere;
    return false;
}

int main(void)
{
    static struct trackmem_domain cache = TRACKMEM_DOMAIN_INIT_("cache", NULL);
    void *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *block;

    (void)signal(SIGSEGV, on_fault);
    block = (volatile char *)hidden(trackmem_malloc_in(&cache, 100));
    block[100] = 1;
    trackmem_visit_domains(overwrite, nowhere);
    if (sigsetjmp(back, 1) == 0)
        trackmem_free((void *)block);
    block = (volatile char *)hidden(trackmem_malloc(100));
    block[100] = 1;
    trackmem_free((void *)block);
    return 0;
}
