/*
 * random/bug.c: see bug.h. Accesses are volatile, and pointers come out of memory, so that no
 * compiler sees the bug.
 */
#define _GNU_SOURCE
#include "bug.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include "model.h"
#include "trackmem/trackmem.h"

#define IMPOSSIBLE ((size_t)1 << 41)

static char *of_the_c_library; /* since the start: no block of ours ever stood there */

/* Where this thread goes on after a fault. */
static _Thread_local volatile bool armed;
static _Thread_local sigjmp_buf after_fault;
static _Thread_local struct {
    volatile char *volatile start;
    size_t length; /* 0: up to a 0 */
    bool writes;
    bool inverts; /* what is there; else it writes 0 */
} access_wanted;

/* Whether a 0 is seen wherever a bug writes it: the end of a string is the commonest of all. */
static bool zero_is_seen;

static void on_fault(int number)
{
    if (armed)
        siglongjmp(after_fault, 1);
    signal(number, SIG_DFL); /* and it comes once more */
}

static void access_now(int number)
{
    volatile char *next = access_wanted.start;

    (void)number;
    if (access_wanted.length == 0)
        while (*next != 0)
            ++next;
    for (size_t i = 0; i < access_wanted.length; ++i) {
        char byte = access_wanted.writes && !access_wanted.inverts ? 0 : next[i];

        if (access_wanted.writes)
            next[i] = (char)(access_wanted.inverts ? ~byte : byte);
    }
}

void bug_start(bool sees_zero)
{
    static const int faults[] = { SIGSEGV, SIGBUS };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; ++i) {
        struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };

        sigaction(faults[i], &action, NULL);
    }
    signal(SIGUSR1, access_now);
    zero_is_seen = sees_zero;
    of_the_c_library = malloc(24);
}

/* The access of a bug; a fault ends it. That of a string without an end has no length. */
static void touch(const struct op *op, char *start, bool writes, bool faults)
{
    access_wanted.start = start;
    access_wanted.length = op->length;
    access_wanted.writes = writes;
    access_wanted.inverts = !faults && !(zero_is_seen && op->offset % 2 != 0);
    if (sigsetjmp(after_fault, 1) == 0) {
        armed = true;
        if (op->in_signal)
            raise(SIGUSR1);
        else
            access_now(0);
    }
    armed = false;
}

static void free_foreign(const struct op *op, struct trackmem_site *site)
{
    static _Alignas(16) char of_the_program[64];
    _Alignas(16) char of_the_stack[64];
    char *volatile foreign = of_the_stack + 16;

    if (op->kind == BUG_FREE_STATIC)
        foreign = of_the_program + 16;
    else if (op->kind == BUG_FREE_FOREIGN)
        foreign = of_the_c_library;
    trackmem_free_at(site, foreign);
}

static void free_it(const struct block *block, bool aligned, struct trackmem_site *site,
                    ptrdiff_t offset)
{
    (aligned ? trackmem_aligned_free_at : trackmem_free_at)(site, block->start + offset);
}

/* Through the verb of one of the two families. */
static void *resize_it(const struct op *op, const struct block *block, bool aligned,
                       struct trackmem_site *site)
{
    return aligned ? trackmem_aligned_realloc_at(site, block->start, 1, op->size)
                   : trackmem_realloc_at(site, block->start, op->size);
}

const char *bug_do(const struct op *op, struct trackmem_site *site, const struct slot *slot,
                   bool faults)
{
    const struct block *block = block_of_bug(op, slot);
    char *start = block->start;

    switch (op->kind) {
    case BUG_WRITE_PAST:
    case BUG_WRITE_BEFORE:
    case BUG_WRITE_FREED: touch(op, start + op->offset, true, faults); break;
    case BUG_READ_PAST:
    case BUG_READ_BEFORE:
    case BUG_READ_FREED: touch(op, start + op->offset, false, faults); break;
    case BUG_FREE_TWICE: free_it(block, block->aligned, site, 0); break;
    case BUG_RESIZE_FREED:
        if (resize_it(op, block, block->aligned, site) != NULL)
            return "realloc of a freed block gave one";
        break;
    case BUG_WRONG_FREE: free_it(block, !block->aligned, site, 0); break;
    case BUG_WRONG_RESIZE:
        if (resize_it(op, block, !block->aligned, site) != NULL)
            return "a wrong family's realloc gave a block";
        break;
    case BUG_INTERIOR: free_it(block, block->aligned, site, op->offset); break;
    case BUG_WRONG_SIZE: trackmem_free_sized_at(site, start, op->size); break;
    case BUG_UNTERMINATED: touch(op, start + block->size - 1, false, faults); break;
    case BUG_NEGATIVE:
        if (trackmem_malloc_at(site, op->size) != NULL)
            return "a negative size gave a block";
        break;
    case BUG_NULL:
        touch(op, (char *)trackmem_malloc_at(site, IMPOSSIBLE) + op->offset, true, faults);
        break;
    case BUG_LEAK: break;
    default: free_foreign(op, site); break;
    }
    return NULL;
}
