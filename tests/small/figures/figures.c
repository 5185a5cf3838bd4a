/*
 * What scripts/small_figures links again and again, each time with one feature more (-DFEATURE=N),
 * to see what it takes; and what it runs to count instructions (-DCOUNT). No C library but mem*.
 */
#include <string.h>

#include <trackmem/fail.h>
#include <trackmem/small.h>

enum { NOTHING, REGION, ACCOUNTING, VERBS, DOMAINS, FAULTS, TASKS, LEAKS, CHECKS, REPORTS, GUARD };

static TRACKMEM_DEFINE_DOMAIN(network, "network", NULL);
static TRACKMEM_DEFINE_DOMAIN(receive, "receive", &network);
static _Alignas(8) unsigned char pool[16384];
static struct trackmem_region region;
void *volatile keep;

static bool sink(const void *bytes, size_t size, void *user)
{
    (void)user;
    keep = (void *)(uintptr_t)bytes;
    return size != 0;
}

static bool visit(const struct trackmem_site_stats *site, void *user)
{
    (void)user;
    keep = (void *)(uintptr_t)site->place.address;
    return true;
}

static void use_verbs(void)
{
    keep = trackmem_calloc(2, 8);
    keep = trackmem_realloc(keep, 30);
    trackmem_free_sized(keep, 30);
    keep = trackmem_memdup("text", 5);
    trackmem_free(keep);
    keep = trackmem_aligned_alloc(64, 8);
    trackmem_aligned_free(keep);
}

static void use_domains(void)
{
    struct trackmem_stats stats;

    keep = trackmem_domain_create(&network, "sent");
    (void)trackmem_domain_stats(keep, true, &stats);
    (void)trackmem_domain_destroy(keep);
    keep = trackmem_domain_find("network/receive");
    keep = trackmem_domain_of(keep);
}

static void use(int feature)
{
    static const struct trackmem_backend backend = { .name = "b" };

    if (feature == NOTHING) {
        memset(pool, 1, sizeof pool);
        keep = memcpy(pool, pool + 40, (uintptr_t)keep & 31);
        return;
    }
    keep = (void *)(uintptr_t)&backend;
    (void)trackmem_region_init(&region, pool, sizeof pool);
    if (feature == REGION) {
        keep = region.backend.allocate(&region, 20, 8);
        region.backend.free(&region, keep, 20, 8);
        return;
    }
    (void)trackmem_set_backend(trackmem_region_backend(&region));
    (void)trackmem_domain_set_budget(&network, 1000, 2000, NULL, NULL);
    keep = trackmem_malloc_in(&receive, 20);
    keep = trackmem_malloc(20);
    trackmem_free(keep);
    trackmem_set_misuse_handler(NULL, NULL);
    switch (feature) {
    case VERBS: use_verbs(); break;
    case DOMAINS: use_domains(); break;
    case FAULTS: (void)trackmem_fail_set("nth:3"); break;
    case TASKS:
        (void)trackmem_domain_push(&receive);
        (void)trackmem_domain_pop();
        break;
    case LEAKS: (void)trackmem_end(trackmem_begin(), visit, NULL); break;
    case CHECKS: (void)trackmem_check_all(); break;
    case REPORTS:
        trackmem_set_sink(sink, NULL);
        (void)trackmem_report_send(NULL, 0);
        break;
    case GUARD: (void)trackmem_region_init_guarded(&region, pool, sizeof pool); break;
    default: break;
    }
}

#ifdef COUNT
#define SYSTICK ((volatile uint32_t *)0xE000E010u)
enum { PAIRS = 1000, TICK = 40 }; /* instructions: 25 MHz, and -icount shift=0 is 1 GHz */

static void semihosting(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void print_number(uint32_t number)
{
    char text[12];
    int at = sizeof text - 1;

    text[at] = '\0';
    text[--at] = '\n';
    do
        text[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    semihosting(4, text + at);
}

/* Instructions of a pair by the region itself, or by trackmem in a domain two deep. */
static __attribute__((__noinline__)) void pair(bool by_trackmem)
{
    void *block;

    if (by_trackmem) {
        block = trackmem_malloc_in(&network, 20);
        trackmem_free(block);
    } else {
        size_t size = 28 + TRACKMEM_REDZONE_BYTES;

        block = region.backend.allocate(region.backend.context, size, 8);
        region.backend.free(region.backend.context, block, size, 8);
    }
}

static uint32_t count(bool by_trackmem)
{
    uint32_t start = SYSTICK[2];

    for (int i = 0; i < PAIRS; ++i)
        pair(by_trackmem);
    return (start - SYSTICK[2]) * TICK / PAIRS;
}
#endif

static void start(void)
{
    use(FEATURE);
#ifdef COUNT
    SYSTICK[1] = 0xffffff;
    SYSTICK[2] = 0;
    SYSTICK[0] = 5;
    (void)count(true);
    print_number(count(false));
    print_number(count(true));
    semihosting(0x18, (const void *)0x20026);
#endif
    for (;;) {
    }
}

extern unsigned char stack_top[], data_start[], data_end[], data_load[], bss_start[], bss_end[];

/* What a C library's start does, here counted in all programs alike. */
void reset_handler(void);
void reset_handler(void)
{
    memcpy(data_start, data_load, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    start();
}

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[2] = {
    (uintptr_t)stack_top, (uintptr_t)reset_handler
};
