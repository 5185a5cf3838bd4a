/*
 * handover.c: one thread allocates, another frees; between them a ring of 256 places, the usual
 * queue of one producer and one consumer: each side keeps a copy of the other's index and reads
 * the shared one only when the ring looks full, or empty.
 *
 * tail is released by the producer after the slot was written and acquired by the consumer; head
 * the other way round.
 */
#include <sched.h>
#include <stdatomic.h>

#include "crew.h"
#include "random.h"
#include "workload.h"

#define PLACES 256u

static struct {
    _Alignas(128) void *slots[PLACES];
    _Alignas(128) atomic_uint tail; /* written by the producer */
    uint32_t head_seen;
    uint32_t next;                  /* index into sizes */
    _Alignas(128) atomic_uint head; /* written by the consumer */
    uint32_t tail_seen;
    _Alignas(128) uint32_t sizes[BENCH_SIZES];
} ring;

/* Waits a little longer each time; gives the CPU away when the other side may need this one. */
static void wait_a_little(uint32_t *turns)
{
    if (++*turns % 256 == 0) {
        sched_yield();
    } else {
        __asm__ volatile("" : : : "memory");
    }
}

static void produce(uint32_t operations)
{
    uint32_t tail = atomic_load_explicit(&ring.tail, memory_order_relaxed);

    for (uint32_t i = 0; i < operations; i++) {
        void *block = BENCH_MALLOC(ring.sizes[ring.next++ % BENCH_SIZES]);
        uint32_t turns = 0;

        bench_touch(block);
        while (tail - ring.head_seen == PLACES) {
            ring.head_seen = atomic_load_explicit(&ring.head, memory_order_acquire);
            wait_a_little(&turns);
        }
        ring.slots[tail % PLACES] = block;
        atomic_store_explicit(&ring.tail, ++tail, memory_order_release);
    }
}

static void consume(uint32_t operations)
{
    uint32_t head = atomic_load_explicit(&ring.head, memory_order_relaxed);

    for (uint32_t i = 0; i < operations; i++) {
        uint32_t turns = 0;
        void *block;

        while (ring.tail_seen == head) {
            ring.tail_seen = atomic_load_explicit(&ring.tail, memory_order_acquire);
            wait_a_little(&turns);
        }
        block = ring.slots[head % PLACES];
        atomic_store_explicit(&ring.head, ++head, memory_order_release);
        bench_touch(block);
        BENCH_FREE(block);
    }
}

static void work(uint32_t member, uint32_t operations)
{
    if (member == 0) {
        produce(operations);
    } else {
        consume(operations);
    }
}

void bench_handover_setup(uint64_t seed)
{
    bench_sizes_even(ring.sizes, seed, 16, 512);
    bench_crew_start(2);
}

void bench_handover_run(uint32_t operations)
{
    bench_crew_run(work, operations);
}

void bench_handover_finish(void)
{
    bench_crew_finish();
}
