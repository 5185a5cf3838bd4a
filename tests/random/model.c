/*
 * random/model.c: see model.h. It knows what trackmem promises, not how it is done: where a promise
 * ends (a write beyond the redzone, a block that may have left the quarantine) the bug is
 * not run in that mode.
 */
#include "model.h"

#define PAGE      ((uintptr_t)4096)
#define EDGE      64u /* bytes of a freed block's ends that are filled, */
#define SURE_EDGE 48u /* and of the last, which may be counted from a multiple of 16 */
#define LARGE     65536u
#define SAMPLES   126u

const struct block *block_of_bug(const struct op *op, const struct slot *slot)
{
    static const struct block none;

    switch (op->kind) {
    case BUG_WRITE_FREED:
    case BUG_READ_FREED:
    case BUG_FREE_TWICE:
    case BUG_RESIZE_FREED: return &slot->freed;
    case BUG_FREE_STACK:
    case BUG_FREE_STATIC:
    case BUG_FREE_FOREIGN:
    case BUG_NEGATIVE:
    case BUG_NULL: return &none;
    default: return &slot->live;
    }
}

static bool allocates(enum op_kind kind)
{
    return kind <= OP_RESIZE;
}

static bool frees(enum op_kind kind)
{
    return kind == OP_RESIZE || kind == OP_FREE || kind == OP_FREE_SIZED || kind == OP_EXPORT;
}

static bool op_writes(const struct op *op)
{
    return op->kind == BUG_WRITE_PAST || op->kind == BUG_WRITE_BEFORE ||
           op->kind == BUG_WRITE_FREED || op->kind == BUG_NULL;
}

/* At which all blocks are looked at in a mode that sweeps, for sure. */
static bool ticks(enum op_kind kind)
{
    return (allocates(kind) && kind != OP_ADOPT) || (frees(kind) && kind != OP_EXPORT);
}

/* The operation that looks at a block next, in its slot or at all blocks; 0: the end. */
static uint32_t next_look(const struct program *program, const struct mode *mode)
{
    const struct op *bug = &program->ops[program->bug];

    for (uint32_t i = program->bug + 1; i < program->count; ++i) {
        const struct op *op = &program->ops[i];

        if (op->kind == OP_CHECK_ALL || (mode->sweeps && ticks(op->kind)))
            return i + 1;
        if (op_has_slot(op->kind) && op->slot == bug->slot &&
            (frees(op->kind) || op->kind == OP_CHECK))
            return i + 1;
    }
    return program->ends_with_blocks ? 0 : program->count + 1;
}

/* Likewise at a freed block: nothing looks at one alone. */
static uint32_t next_sweep(const struct program *program, const struct mode *mode)
{
    for (uint32_t i = program->bug + 1; i < program->count; ++i)
        if (program->ops[i].kind == OP_CHECK_ALL || (mode->sweeps && ticks(program->ops[i].kind)))
            return i + 1;
    return program->ends_with_blocks ? 0 : program->count + 1;
}

/*
 * In accounting a header is looked at by each verb that takes the block, and by nothing else. One
 * that ends the block tells of damage once; after any other the program could not go on.
 */
static void expect_damaged_header(const struct program *program, struct expectation *expected)
{
    const struct op *bug = &program->ops[program->bug];
    uint32_t next = program->bug + 1;

    while (next < program->count &&
           (!op_has_slot(program->ops[next].kind) || program->ops[next].slot != bug->slot ||
            program->ops[next].kind == OP_READ || program->ops[next].kind == OP_WRITE))
        ++next;
    if (next < program->count &&
        (!frees(program->ops[next].kind) || program->ops[next].kind == OP_RESIZE))
        return;
    expected->runs = true;
    expected->loses_block = true;
    expected->size = 0;
    expected->allocated = 0;
    if (next == program->count && program->ends_with_blocks)
        return;
    expected->reported = true;
    expected->may_wait = true;
    expected->kind = TRACKMEM_MISUSE_DAMAGED_HEADER;
    expected->noticed = next + 1;
}

/* Not less than a block takes of a quarantine; against guards it takes whole pages. */
static size_t most_span(const struct mode *mode, size_t size, size_t alignment)
{
    if (mode->guard == GUARDS_ALL || mode->guard == GUARDS_NONE_BESIDE)
        return 2 * (size + alignment + 2 * PAGE);
    return size + size / 4 + alignment + 2 * mode->zone_bytes + 256;
}

/*
 * Whether a freed block certainly waits still when the bug happens: with several threads whatever
 * others free may have come before. What was freed goes by the sizes that the slots had.
 */
static bool is_quarantined(const struct program *program, const struct mode *mode,
                           const struct block *block)
{
    struct slot slots[MOST_SLOTS] = { 0 };
    size_t bytes = most_span(mode, block->size, block->alignment);

    if (!mode->checks || bytes > mode->quarantine / 4)
        return false;
    for (uint32_t i = 0; i < program->count; ++i) {
        const struct op *op = &program->ops[i];
        bool counts = program->threads > 1 || (i + 1 > block->freed && i < program->bug);

        if (!op_has_slot(op->kind))
            continue;
        op_apply(op, i + 1, &slots[op->slot]);
        if (counts && slots[op->slot].freed.freed == i + 1)
            bytes += most_span(mode, slots[op->slot].freed.size, slots[op->slot].freed.alignment);
    }
    return bytes <= mode->quarantine;
}

static uint32_t allocations_before(const struct program *program, uint32_t end)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < end; ++i)
        count += allocates(program->ops[i].kind);
    return count;
}

/* Whether a freed guarded block's slot was certainly not taken by another. */
static bool is_closed_still(const struct program *program, const struct mode *mode,
                            const struct block *block)
{
    if (mode->quarantine != 0 && mode->guard != GUARDS_SOME)
        return is_quarantined(program, mode, block);
    return mode->guard == GUARDS_ALL || allocations_before(program, program->count) <= SAMPLES;
}

/*
 * In accounting a freed address is known until it is used again: no allocation may have come
 * between. A small block of a thread that keeps it is safe from other threads.
 */
static bool is_unused_since(const struct program *program, const struct mode *mode,
                            const struct block *block)
{
    bool kept = mode->reuses && block->size <= 1024 && block->alignment <= 16;

    if (block->size > 4096)
        return false; /* its memory may be gone, and whether it is cannot be known */
    for (uint32_t i = block->freed; i < program->bug; ++i) {
        const struct op *op = &program->ops[i];

        if (op->kind == OP_NEW_THREAD || op->kind == OP_TRIM || allocates(op->kind) ||
            op->kind == OP_DESCRIBE || op->kind == OP_EXPORT)
            return false;
    }
    return (program->threads == 1 ||
            (kept && program->bug == block->freed &&
             program->ops[program->bug].thread == block->freed_by_thread)) &&
           program->ops[block->freed - 1].kind != OP_RESIZE;
}

static void expect_fault(struct expectation *expected, enum trackmem_misuse_kind kind,
                         ptrdiff_t offset)
{
    expected->runs = true;
    expected->reported = true;
    expected->faults = true;
    expected->kind = kind;
    expected->offset = offset;
}

static void expect_damage(struct expectation *expected, enum trackmem_misuse_kind kind,
                          ptrdiff_t offset, uint32_t noticed)
{
    expected->runs = true;
    expected->reported = true;
    expected->may_wait = true;
    expected->kind = kind;
    expected->offset = offset;
    expected->noticed = noticed;
}

/* The pages that a guarded block covers are open; what of them is not its own is its zone. */
static void expect_guarded(const struct program *program, const struct mode *mode,
                           const struct block *block, struct expectation *expected)
{
    const struct op *op = &program->ops[program->bug];
    uintptr_t start = (uintptr_t)block->start;
    uintptr_t first = start & ~(PAGE - 1);
    uintptr_t last = block->size != 0 ? (start + block->size + PAGE - 1) & ~(PAGE - 1) : first;
    uintptr_t from = start + (uintptr_t)op->offset;
    uintptr_t end = from + op->length;
    bool before = op->offset < 0;
    enum trackmem_misuse_kind kind = before ? TRACKMEM_MISUSE_UNDERRUN : TRACKMEM_MISUSE_OVERRUN;

    if (mode->guard == GUARDS_NONE_BESIDE && block->size != 0)
        last = (start + block->size + mode->zone_bytes + PAGE - 1) & ~(PAGE - 1);
    if (end <= first || from >= last) {
        if (mode->guard != GUARDS_NONE_BESIDE)
            expect_fault(expected, kind, op->offset);
    } else if (from >= first && end <= last) {
        expected->runs = true;
        if (op_writes(op))
            expect_damage(expected, kind, op->offset, next_look(program, mode));
    }
}

static void expect_beside(const struct program *program, const struct mode *mode,
                          const struct block *block, struct expectation *expected)
{
    const struct op *op = &program->ops[program->bug];
    bool before = op->offset < 0;
    bool writes = op_writes(op);
    size_t reach = before ? (size_t)-op->offset : (size_t)op->offset + op->length - block->size;

    if (mode->checks && reach <= mode->zone_bytes) {
        expected->runs = true;
        expected->is_far = reach > mode->zone_bytes / 2;
        if (writes)
            expect_damage(expected, before ? TRACKMEM_MISUSE_UNDERRUN : TRACKMEM_MISUSE_OVERRUN,
                          op->offset, next_look(program, mode));
    } else if (!mode->checks && writes && before && reach <= 16 && block->size >= LARGE) {
        expect_damaged_header(program, expected);
    }
}

static void expect_freed(const struct program *program, const struct mode *mode,
                         const struct block *block, bool guarded, struct expectation *expected)
{
    const struct op *op = &program->ops[program->bug];
    bool calls = op->kind == BUG_FREE_TWICE || op->kind == BUG_RESIZE_FREED;
    bool known = guarded        ? is_closed_still(program, mode, block)
                 : mode->checks ? is_quarantined(program, mode, block)
                                : calls && is_unused_since(program, mode, block);
    size_t end = (size_t)op->offset + op->length;

    if (mode->checks || guarded)
        expected->freed = block->freed;
    if (!known)
        return;
    expected->runs = true;
    if (calls) {
        expected->reported = true;
        expected->kind = TRACKMEM_MISUSE_DOUBLE_FREE;
        expected->noticed = program->bug + 1;
    } else if (guarded) {
        expect_fault(expected, TRACKMEM_MISUSE_USE_AFTER_FREE, op->offset);
    } else if (op->kind == BUG_WRITE_FREED) {
        size_t from = (size_t)op->offset;

        if (mode->fills_whole || block->size <= 2 * EDGE || from < EDGE ||
            from >= block->size - SURE_EDGE)
            expect_damage(expected, TRACKMEM_MISUSE_WRITE_AFTER_FREE, op->offset,
                          next_sweep(program, mode));
        else
            expected->runs = end <= block->size - EDGE; /* else a part of it is seen, or none */
    }
}

/* What a call is told at once, in each mode. */
static void expect_call(const struct program *program, struct expectation *expected,
                        enum trackmem_misuse_kind kind)
{
    expected->runs = true;
    expected->reported = true;
    expected->kind = kind;
    expected->noticed = program->bug + 1;
}

static void expect_unterminated(const struct block *block, bool guarded,
                                struct expectation *expected)
{
    uintptr_t end = (uintptr_t)block->start + block->size;

    if (guarded) /* what lies between is not 0 */
        expect_fault(expected, TRACKMEM_MISUSE_OVERRUN,
                     (ptrdiff_t)(((end + PAGE - 1) & ~(PAGE - 1)) - (uintptr_t)block->start));
}

struct expectation expect(const struct program *program, const struct mode *mode,
                          const struct slot *slot, bool guarded)
{
    const struct op *op = &program->ops[program->bug];
    const struct block *block = block_of_bug(op, slot);
    struct expectation expected = { .block = block->start,
                                    .size = block->size,
                                    .allocated = block->made };

    switch (op->kind) {
    case BUG_WRITE_PAST:
    case BUG_READ_PAST:
    case BUG_WRITE_BEFORE:
    case BUG_READ_BEFORE:
        (guarded ? expect_guarded : expect_beside)(program, mode, block, &expected);
        break;
    case BUG_WRITE_FREED:
    case BUG_READ_FREED:
    case BUG_FREE_TWICE:
    case BUG_RESIZE_FREED: expect_freed(program, mode, block, guarded, &expected); break;
    case BUG_WRONG_FREE:
    case BUG_WRONG_RESIZE:
        expect_call(program, &expected, TRACKMEM_MISUSE_MISMATCHED_FAMILY);
        break;
    case BUG_INTERIOR:
        expect_call(program, &expected, TRACKMEM_MISUSE_INTERIOR_POINTER);
        expected.offset = op->offset;
        break;
    case BUG_FREE_STACK:
    case BUG_FREE_STATIC:
    case BUG_FREE_FOREIGN: expect_call(program, &expected, TRACKMEM_MISUSE_FOREIGN_POINTER); break;
    case BUG_WRONG_SIZE: expect_call(program, &expected, TRACKMEM_MISUSE_WRONG_SIZE); break;
    case BUG_LEAK:
        expect_call(program, &expected, TRACKMEM_MISUSE_DOMAIN_LEAK);
        expected.reported = !program->ends_with_blocks;
        expected.block = NULL;
        expected.allocated = 0;
        expected.noticed = program->count + 1;
        break;
    case BUG_UNTERMINATED:
        expect_unterminated(block, guarded && mode->guard != GUARDS_NONE_BESIDE, &expected);
        break;
    case BUG_NEGATIVE:
        expect_call(program, &expected, TRACKMEM_MISUSE_ABSURD_SIZE);
        expected.reported = mode->checks;
        break;
    default: /* BUG_NULL */
        if (mode->checks || mode->guard != UNGUARDED)
            expect_fault(&expected, TRACKMEM_MISUSE_UNCHECKED_NULL, 0);
        expected.allocated = program->bug + 1;
        break;
    }
    return expected;
}

const char *kind_name(enum trackmem_misuse_kind kind)
{
    static const char *const names[] = {
        "mismatched family", "double free",      "foreign pointer",  "interior pointer",
        "misaligned",        "other copy",       "wrong size",       "damaged header",
        "domain leak",       "destroyed domain", "overrun",          "sub-block",
        "window leak",       "underrun",         "write after free", "absurd size",
        "use after free",    "unchecked NULL",
    };

    return (size_t)kind < sizeof names / sizeof names[0] ? names[kind] : "another kind";
}

static bool noticed_rightly(const struct program *program, const struct expectation *expected,
                            const struct seen *seen)
{
    uint32_t bug = program->bug + 1;

    if (expected->faults)
        return seen->during == bug && seen->says_write == op_writes(&program->ops[program->bug]);
    if (!expected->may_wait)
        return seen->here == expected->noticed && seen->during == seen->here;
    if (seen->here == 0) /* at exit, or as it left the quarantine */
        return expected->noticed == 0 || expected->kind == TRACKMEM_MISUSE_WRITE_AFTER_FREE ||
               (program->threads > 1 && program->ends_with_blocks); /* the look came before */
    return program->threads > 1 ||
           (seen->here > bug && (expected->noticed == 0 || seen->here <= expected->noticed));
}

const char *compare(const struct program *program, const struct expectation *expected,
                    const struct seen *seen, uint32_t seen_count)
{
    bool wanted = program->bug != NO_BUG && expected->runs && expected->reported;

    if (!wanted)
        return seen_count == 0 ? NULL : "a false report";
    if (seen_count == 0)
        return "a bug was missed";
    if (expected->is_far)
        return seen_count > 1 ? "one bug is reported more than once"
               : seen->kind != TRACKMEM_MISUSE_OVERRUN && seen->kind != TRACKMEM_MISUSE_UNDERRUN &&
                       seen->kind != TRACKMEM_MISUSE_WRITE_AFTER_FREE
                   ? "the wrong kind is reported"
               : noticed_rightly(program, expected, seen) ? NULL
                                                          : "it is noticed at the wrong place";
    if (seen->kind != expected->kind)
        return "the wrong kind is reported";
    if (expected->block != NULL && (seen->block != expected->block || seen->size != expected->size))
        return "the wrong block is reported";
    if (expected->block != NULL && seen->offset != expected->offset)
        return "the wrong offset is reported";
    if (expected->allocated != 0 && seen->allocated != expected->allocated)
        return "the wrong place of allocation is reported";
    if (expected->freed != 0 && seen->freed != expected->freed)
        return "the wrong place of the free is reported";
    if (!noticed_rightly(program, expected, seen))
        return "it is noticed at the wrong place";
    return seen_count == 1 ? NULL : "one bug is reported more than once";
}
