/*
 * The same for the report of a fault: the fault itself goes on to the program's handler.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <trackmem/domain.h>

static volatile char *block;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    _exit(info->si_addr == (const void *)&block[96] ? 7 : 1);
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
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
    void *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)sigaction(SIGSEGV, &action, NULL);
    block = (volatile char *)hidden(trackmem_malloc_in(&cache, 96));
    trackmem_visit_domains(overwrite, nowhere);
    block[96] = 1;
    return 0;
}
