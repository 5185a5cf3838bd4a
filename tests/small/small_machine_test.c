/*
 * What needs a machine of one's own: an interrupt that allocates and frees while the program does,
 * and a guard behind the pool. The start-up code of each board (cross/) has the timer.
 */
#include "small_unit.h"

void startup_on_tick(void);
void startup_ticks(bool on);

TRACKMEM_DEFINE_DOMAIN(interrupts, "interrupts", NULL);
TRACKMEM_DEFINE_DOMAIN(tasks, "tasks", NULL);

static void *volatile held[8];
static volatile unsigned ticks;
static volatile unsigned refused;

/* Frees one of the blocks that it holds, and allocates another; now and then resizes. */
void startup_on_tick(void)
{
    unsigned i = ticks++ % 8;

    trackmem_free(held[i]);
    held[i] = trackmem_malloc_in(&interrupts, 16 + ticks % 64);
    refused += held[i] == NULL;
    if (ticks % 5 == 0 && held[i] != NULL)
        held[i] = trackmem_realloc(held[i], 100);
}

static void an_interrupt_may_allocate_and_free(void **state)
{
    void *mine[16] = { NULL };
    uint32_t random = 1;

    (void)state;
    startup_ticks(true);
    /* How often it comes within so many rounds is the emulator's clock's affair. */
    for (unsigned i = 0; i < 20000 || (ticks < 300 && i < 2000000); ++i) {
        unsigned which = random >> 8 & 15;

        random = random * 1664525u + 1013904223u;
        trackmem_free(mine[which]);
        mine[which] = (random & 1) != 0 ? trackmem_malloc_in(&tasks, random >> 20 & 255)
                                        : trackmem_calloc_in(&tasks, 3, random >> 22);
        if (i % 4096 == 0)
            assert_int_equal(trackmem_check_all(), 0);
    }
    startup_ticks(false);
    assert_true(ticks >= 300);
    assert_int_equal(refused, 0);
    for (int i = 0; i < 16; ++i)
        trackmem_free(mine[i]);
    assert_int_equal(stats_of(&tasks, true).charged_bytes, 0);
    assert_int_equal(stats_of(&interrupts, true).live_blocks, 8);
    for (int i = 0; i < 8; ++i)
        trackmem_free(held[i]);
    assert_int_equal(stats_of(&interrupts, true).charged_bytes, 0);
    assert_true(trackmem_region_is_intact(&region));
}

#if defined(__ARM_ARCH)

#define FAULT_STATUS (*(volatile uint32_t *)0xE000ED28u)
#define FAULT_AT     (*(volatile uint32_t *)0xE000ED34u)

void startup_on_memory_fault(void);

static volatile uint32_t faults;
static volatile uint32_t faulted_at;

/* Notes where it was, and takes the guard away, so that the access succeeds when it is repeated. */
void startup_on_memory_fault(void)
{
    ++faults;
    faulted_at = FAULT_AT;
    FAULT_STATUS = 0xff;
    *(volatile uint32_t *)0xE000ED94u = 0;
    __asm__ volatile("dsb\n\tisb");
}

static void a_write_past_the_pool_faults_at_its_address(void **state)
{
    static _Alignas(32) unsigned char guarded[1024];
    struct trackmem_region other;
    volatile unsigned char *end = guarded + sizeof guarded - 32;

    (void)state;
    assert_int_equal(trackmem_region_init_guarded(&other, guarded, sizeof guarded), TRACKMEM_OK);
    assert_true(other.last < (char *)guarded + sizeof guarded - 32);
    end[-1] = 1;
    assert_int_equal(faults, 0);
    end[5] = 1;
    assert_int_equal(faults, 1);
    assert_int_equal(faulted_at, (uintptr_t)(end + 5));
    assert_int_equal(trackmem_region_finish(&other), TRACKMEM_OK);
}

#else

static void a_write_past_the_pool_faults_at_its_address(void **state)
{
    static _Alignas(32) unsigned char unguarded[1024];
    struct trackmem_region other;

    (void)state;
    assert_int_equal(trackmem_region_init_guarded(&other, unguarded, sizeof unguarded),
                     TRACKMEM_UNSUPPORTED); /* it says so */
    assert_int_equal(trackmem_region_finish(&other), TRACKMEM_OK);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        SMALL_TEST(an_interrupt_may_allocate_and_free),
        SMALL_TEST(a_write_past_the_pool_faults_at_its_address),
    };

    start_small();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
