/*
 * random/program.h: a program for trackmem as a list of operations on slots, at most one of which
 * is a bug. Programs come from choices (generate.c), run against the library (run.c), and a model
 * knows what must be reported (model.c).
 *
 * Each operation belongs to a thread, and has its turn in its slot: threads run at the same time,
 * but what happens to one block happens in the order of the list. So what is true of a block does
 * not depend on the schedule.
 */
#ifndef TESTS_RANDOM_PROGRAM_H
#define TESTS_RANDOM_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MOST_OPS     160u
#define MOST_SLOTS   12u
#define MOST_THREADS 4u

/*
 * X(identifier, name, kind of target). The names of bugs are commands: what the program does wrong.
 */
#define OPS(X)                                                        \
    X(OP_MALLOC, "malloc", EMPTY)                                     \
    X(OP_CALLOC, "calloc", EMPTY)                                     \
    X(OP_ALIGNED, "aligned_alloc", EMPTY)                             \
    X(OP_MEMDUP, "memdup", EMPTY)                                     \
    X(OP_ADOPT, "adopt", EMPTY)                                       \
    X(OP_RESIZE, "realloc", LIVE)                                     \
    X(OP_FREE, "free", LIVE)                                          \
    X(OP_FREE_SIZED, "free_sized", LIVE_PLAIN)                        \
    X(OP_EXPORT, "export", LIVE_PLAIN)                                \
    X(OP_WRITE, "write", LIVE)                                        \
    X(OP_READ, "read", LIVE)                                          \
    X(OP_SIZE, "size", LIVE)                                          \
    X(OP_TRANSFER, "transfer", LIVE)                                  \
    X(OP_CHECK, "check", LIVE)                                        \
    X(OP_DESCRIBE, "describe", LIVE)                                  \
    X(OP_CHECK_ALL, "check_all", ANY)                                 \
    X(OP_TRIM, "trim", ANY)                                           \
    X(OP_NEW_THREAD, "a new thread goes on", ANY)                     \
    X(OP_FORK, "a child goes on", ANY)                                \
    X(BUG_WRITE_PAST, "BUG: write past the end", LIVE_OURS)           \
    X(BUG_READ_PAST, "BUG: read past the end", LIVE_OURS)             \
    X(BUG_WRITE_BEFORE, "BUG: write before", LIVE_OURS)               \
    X(BUG_READ_BEFORE, "BUG: read before", LIVE_OURS)                 \
    X(BUG_WRITE_FREED, "BUG: write after free", FREED)                \
    X(BUG_READ_FREED, "BUG: read after free", FREED)                  \
    X(BUG_FREE_TWICE, "BUG: free twice", FREED)                       \
    X(BUG_RESIZE_FREED, "BUG: realloc after free", FREED)             \
    X(BUG_WRONG_FREE, "BUG: wrong family's free", LIVE)               \
    X(BUG_WRONG_RESIZE, "BUG: wrong family's realloc", LIVE)          \
    X(BUG_INTERIOR, "BUG: free inside", LIVE)                         \
    X(BUG_FREE_STACK, "BUG: free the stack", ANY)                     \
    X(BUG_FREE_STATIC, "BUG: free static data", ANY)                  \
    X(BUG_FREE_FOREIGN, "BUG: free what malloc returned", ANY)        \
    X(BUG_WRONG_SIZE, "BUG: free with a wrong size", LIVE_OURS_PLAIN) \
    X(BUG_LEAK, "BUG: forget", LIVE)                                  \
    X(BUG_UNTERMINATED, "BUG: strlen without an end", LIVE_OURS)      \
    X(BUG_NEGATIVE, "BUG: malloc of a negative size", ANY)            \
    X(BUG_NULL, "BUG: use NULL", ANY)

enum op_kind {
#define X(identifier, name, target) identifier,
    OPS(X)
#undef X
        OP_KINDS
};
#define FIRST_BUG BUG_WRITE_PAST
#define NO_BUG    UINT32_MAX

struct op {
    enum op_kind kind;
    uint32_t thread;
    uint32_t slot;
    bool in_signal; /* of an access: in a handler */
    size_t size;
    size_t alignment;
    ptrdiff_t offset; /* of an access */
    size_t length;
    uint32_t turn; /* how many operations of the slot come before */
};

/* A block as the program sees it. */
struct block {
    char *start;
    size_t size;
    size_t alignment;
    uint32_t made; /* by which operation, from 1; 0: there is none */
    uint32_t freed;
    uint32_t freed_by_thread;
    bool aligned; /* its family */
    bool adopted;
};

struct slot {
    struct block live;
    struct block freed; /* the last one */
};

struct program {
    struct op ops[MOST_OPS];
    uint32_t count;
    uint32_t threads;
    uint32_t bug;          /* the operation, or NO_BUG */
    bool ends_with_blocks; /* live ones are not freed, and the sweep at exit sees what is wrong */
};

/* Where choices come from: a seed, or bytes; behind the last byte all choices are 0. */
struct choices {
    const uint8_t *bytes; /* NULL: by the seed */
    size_t left;
    uint64_t state;
};
uint32_t choose(struct choices *choices, uint32_t below);

/* What kinds of bug a program may get: any, or but those that need a process of their own. */
struct program generate(struct choices *choices, uint32_t threads, bool forks);

/* Whether an operation makes sense now. */
bool op_fits(const struct op *op, const struct slot *slot);

/* What it does to its slot, but for the pointers. number: from 1. */
void op_apply(const struct op *op, uint32_t number, struct slot *slot);

bool op_has_slot(enum op_kind kind);

/* Drops what does not fit, and counts turns and the bug anew. */
void program_settle(struct program *program);

void program_print(const struct program *program, FILE *stream);

/* Makes a program smaller as long as it fails. */
typedef bool fails_fn(const struct program *program, void *user);
void shrink(struct program *program, fails_fn *fails, void *user);

#endif
