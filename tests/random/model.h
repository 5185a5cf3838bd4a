/*
 * random/model.h: the truth: which report a program must make in a mode, to the byte and the line.
 */
#ifndef TESTS_RANDOM_MODEL_H
#define TESTS_RANDOM_MODEL_H

#include "program.h"
#include "trackmem/observe.h"

enum guard {
    UNGUARDED,
    GUARDS_ALL,
    GUARDS_SOME,
    GUARDS_NONE_BESIDE /* pages of its own, between redzones, closed when it is freed */
};

struct mode {
    const char *name;
    const char *options;
    bool checks;       /* redzones, fill and quarantine */
    size_t zone_bytes; /* that are sure, on either side */
    bool fills_whole;  /* a freed block, not only 64 bytes at either end */
    size_t quarantine; /* bytes */
    enum guard guard;
    bool sweeps; /* at each operation */
    bool reuses; /* freed spans stay with their thread */
};
extern const struct mode modes[];
extern const size_t mode_count;

/* What must come of the bug. */
struct expectation {
    bool runs;     /* else the operation is left out: what follows it would be anything */
    bool reported; /* else nothing may be */
    bool faults;   /* and so it is reported at once */
    bool may_wait; /* it is reported by the operation `noticed`, or earlier */
    bool loses_block;
    bool is_far; /* beyond half of a redzone: it may be told from the block on the other side */
    enum trackmem_misuse_kind kind;
    const char *block; /* NULL: does not count, as the next two */
    size_t size;
    ptrdiff_t offset;
    uint32_t allocated; /* numbers of operations; 0: does not count */
    uint32_t freed;
    uint32_t noticed; /* 0: at exit */
};

/*
 * Judged just before the bug happens.
 *   slot     of the bug, with its pointers
 *   guarded  whether the block that it is about stands against guard pages
 */
struct expectation expect(const struct program *program, const struct mode *mode,
                          const struct slot *slot, bool guarded);

/* The block that a bug is about, or an empty one. */
const struct block *block_of_bug(const struct op *op, const struct slot *slot);

/* What a handler of misuse saw. */
struct seen {
    enum trackmem_misuse_kind kind;
    const char *block;
    size_t size;
    ptrdiff_t offset;
    uint32_t allocated; /* lines, which are the numbers of operations */
    uint32_t freed;
    uint32_t here;
    uint32_t during; /* the operation that the thread was at */
    bool says_write; /* of a fault */
};

/* NULL: that is what was to be seen; else what is wrong. */
const char *compare(const struct program *program, const struct expectation *expected,
                    const struct seen *seen, uint32_t seen_count);

const char *kind_name(enum trackmem_misuse_kind kind);

#endif
