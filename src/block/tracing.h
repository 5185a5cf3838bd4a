/*
 * block/tracing.h: which blocks the program still has a pointer to.
 *
 * Roots are all that the process could have written (platform/memory.h), the registers of the
 * threads that are held (platform/threads.h), and what the caller adds. Left out are the blocks
 * themselves, live and freed; our own memory; and what lies beyond the end of a stack. A block that
 * is reached is looked through in turn. A pointer is a word at a multiple of its size that holds an
 * address in a block, its first byte or any other.
 *
 * What is left is lost: directly, if no other lost block points there, else indirectly. Where lost
 * blocks point at each other in a circle, one of them counts as lost directly.
 *
 * Runs while other threads are held: takes no lock, reads no block that could fault.
 */
#ifndef TMI_BLOCK_TRACING_H
#define TMI_BLOCK_TRACING_H

#include "block/census.h"
#include "platform/memory.h"
#include "platform/threads.h"

struct tmi_tracing_roots {
    const struct tmi_held_threads *threads;
    uintptr_t stack;        /* where the caller's stack ends; what is below it is ours */
    const uintptr_t *words; /* further roots */
    size_t word_count;
};

/*
 * Finds out about each live block of the census. The memory to work with comes from the system, and
 * goes back. False: there is none, or the system does not tell the roots.
 */
bool tmi_tracing_search(struct tmi_census *census, const struct tmi_tracing_roots *roots);

#endif
