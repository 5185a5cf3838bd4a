/*
 * base/atomic.h: atomics on plain words, since public structures are shared with C++.
 *
 * Every user names its pairing. On machines without threads they compile to plain accesses.
 */
#ifndef TMI_BASE_ATOMIC_H
#define TMI_BASE_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/config.h"

#if !TMI_SMALL && defined(__GCC_ATOMIC_LLONG_LOCK_FREE)
#define TMI_NO_WIDE_ATOMICS (__GCC_ATOMIC_LLONG_LOCK_FREE < 2)
#else
#define TMI_NO_WIDE_ATOMICS 0
#endif

/* tmi_add returns the value before. */
#if TMI_SMALL /* one thread: see platform/baremetal.c */
#define tmi_load(p)             (*(p))
#define tmi_load_acquire(p)     (*(p))
#define tmi_store(p, v)         ((void)(*(p) = (v)))
#define tmi_store_release(p, v) ((void)(*(p) = (v)))
#define tmi_add(p, v)           ((*(p) += (v)) - (v))
#else
/*
 * Where the processor reads no 64 bits in one piece (MIPS), two pieces do: counters are of 32 bits
 * there, and the two words of a header are read while they change only by a misuse, of which the
 * cookie then knows as little as of any other damage; a record's are read again when its life
 * changed meanwhile. The compiler's own functions for it take locks, which is nothing for signal
 * handlers and forks.
 */
#if TMI_NO_WIDE_ATOMICS
#define TMI_IN_PIECES(p) (sizeof *(p) > sizeof(void *))
#define tmi_load(p)                                                                  \
    __builtin_choose_expr(TMI_IN_PIECES(p), *(const volatile __typeof__(*(p)) *)(p), \
                          __atomic_load_n(p, __ATOMIC_RELAXED))
#define tmi_store(p, v)                                                                      \
    __builtin_choose_expr(TMI_IN_PIECES(p), (void)(*(volatile __typeof__(*(p)) *)(p) = (v)), \
                          __atomic_store_n(p, v, __ATOMIC_RELAXED))
#define tmi_load_acquire(p)                                                        \
    __builtin_choose_expr(TMI_IN_PIECES(p), tmi_pieces_acquire((const void *)(p)), \
                          __atomic_load_n(p, __ATOMIC_ACQUIRE))
TMI_INLINE uint64_t tmi_pieces_acquire(const volatile void *word)
{
    const uint64_t value = *(const volatile uint64_t *)word;

    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return value;
}
#else
#define tmi_load(p)         __atomic_load_n(p, __ATOMIC_RELAXED)
#define tmi_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define tmi_store(p, v)     __atomic_store_n(p, v, __ATOMIC_RELAXED)
#endif
#define tmi_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define tmi_add(p, v)           __atomic_fetch_add(p, v, __ATOMIC_RELAXED)
#endif

/*
 * 64 bits, so aligned that 32-bit machines, too, read and write them in one piece, if they can; and
 * a counter, which where they cannot has 32.
 */
typedef uint64_t tmi_word64 TMI_ALIGNED(8);
#if TMI_NO_WIDE_ATOMICS
typedef uint32_t tmi_counter;
#else
typedef tmi_word64 tmi_counter;
#endif

/*
 * Keeps the compiler from moving a load before a store; what the processor moves is the business of
 * tmi_platform_barrier, which the rare other side calls.
 */
#define tmi_order_for_barrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)

/* A full fence, for slow paths. Thread Sanitizer knows none, and needs none to see races. */
#if TMI_SMALL || TMI_TSAN
#define tmi_fence() tmi_order_for_barrier()
#else
#define tmi_fence() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

/*
 * tmi_tally(p, n): adds to a counter that only the calling thread writes and others may read.
 * One instruction where there is one, so that it needs no lock and no second look.
 */
#if defined(TMI_ADD_IN_PLACE) && !TMI_TSAN
#define tmi_tally(p, n) TMI_ADD_IN_PLACE(p, (uint64_t)(n))
#else
#define tmi_tally(p, n) tmi_store(p, tmi_load(p) + (uint64_t)(n))
#endif

/*
 * Puts an entry first in a list that nothing is taken from; head is the address of its first
 * pointer, and the entry's link is its member next. Release: who walks the list reads head by
 * tmi_load_acquire, and sees entries whole.
 */
#if TMI_SMALL
#define tmi_push(head, entry) ((entry)->next = *(head), (void)(*(head) = (entry)))
#else
#define tmi_push(head, entry)                                                                  \
    do {                                                                                       \
        (entry)->next = tmi_load(head);                                                        \
    } while (!__atomic_compare_exchange_n(head, &(entry)->next, entry, true, __ATOMIC_RELEASE, \
                                          __ATOMIC_RELAXED))
#endif

/*
 * Raises *p to value if it is lower.
 */
TMI_INLINE void tmi_raise(intptr_t *p, intptr_t value)
{
#if TMI_SMALL
    if (*p < value)
        *p = value;
#else
    intptr_t now = tmi_load(p);

    while (now < value &&
           !__atomic_compare_exchange_n(p, &now, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
#endif
}

#endif
