/*
 * domains_trackmem.c: the domains of the workloads, and what trackmem says that it occupies.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trackmem/observe.h"
#include "workload.h"

static TRACKMEM_DEFINE_DOMAIN(driver, "driver", NULL);
static TRACKMEM_DEFINE_DOMAIN(compiler, "compiler", &driver);
TRACKMEM_DEFINE_DOMAIN(bench_passes, "passes", &compiler);

#define PASS(name)                                  \
    {                                               \
        name, &compiler, 0, TRACKMEM_LAYOUT_VERSION \
    }
struct trackmem_domain bench_domains[BENCH_DOMAINS] = {
    PASS("parse"), PASS("link"),   PASS("optimise"), PASS("schedule"),
    PASS("spill"), PASS("encode"), PASS("cache"),    PASS("print"),
};

/* The number behind "own_bytes" in the JSON report, which is written to a file in memory. */
uint64_t bench_own_bytes(void)
{
    int fd = memfd_create("report", MFD_CLOEXEC);
    uint64_t bytes = 0;
    off_t size;
    char *text;

    if (fd < 0) {
        return 0;
    }
    if (trackmem_report(fd, TRACKMEM_FORMAT_JSON) == TRACKMEM_OK &&
        (size = lseek(fd, 0, SEEK_END)) > 0) {
        text = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (text != MAP_FAILED) {
            const char *key = memmem(text, (size_t)size, "\"own_bytes\":", 12);
            bytes = key ? strtoull(key + 12, NULL, 10) : 0;
            munmap(text, (size_t)size);
        }
    }
    close(fd);
    return bytes;
}
