/*
 * random/generate.c: makes programs of choices. What is chosen first is what bytes of a fuzzer
 * decide first; a choice of 0 is the plainest.
 */
#include "program.h"

static size_t choose_size(struct choices *choices)
{
    static const uint32_t round[] = { 0,   1,   8,   16,   24,   32,   48,   64,  127,
                                      128, 129, 512, 1008, 4080, 4096, 4112, 8192 };

    switch (choose(choices, 8)) {
    case 0:
    case 1:
    case 2: return choose(choices, 40);
    case 3:
    case 4: return choose(choices, 300);
    case 5: return round[choose(choices, sizeof round / sizeof round[0])];
    case 6: return choose(choices, 6000);
    default:
        switch (choose(choices, 16)) {
        case 0: return 65536 + choose(choices, 3) * 4096 + choose(choices, 20);
        case 1: return ((size_t)1 << 20) + choose(choices, 100);
        case 2: return ((size_t)33 << 20) + choose(choices, 100); /* beyond what pages index */
        default: return choose(choices, 20000);
        }
    }
}

static size_t choose_alignment(struct choices *choices)
{
    return (size_t)1 << (choose(choices, 4) == 0 ? choose(choices, 13) : 4 + choose(choices, 4));
}

/* One that is beyond the end or before the start: mostly near, where redzones are. */
static ptrdiff_t choose_distance(struct choices *choices)
{
    switch (choose(choices, 4)) {
    case 0: return 0;
    case 1: return choose(choices, 4);
    case 2: return choose(choices, 16);
    default: return choose(choices, 2000);
    }
}

static void choose_access(struct choices *choices, struct op *op, const struct slot *slot)
{
    size_t room = slot->freed.size;

    op->length = choose(choices, 3) == 0 ? 1 + choose(choices, 8) : 1;
    op->offset = choose_distance(choices);
    op->in_signal = choose(choices, 12) == 1;
    switch (op->kind) {
    case BUG_WRITE_PAST:
    case BUG_READ_PAST: op->offset += (ptrdiff_t)slot->live.size; break;
    case BUG_WRITE_BEFORE:
    case BUG_READ_BEFORE: op->offset = -op->offset - (ptrdiff_t)op->length; break;
    default: /* into a freed block; near its end as often as near its start */
        if (op->length > room)
            op->length = 1;
        room = room > op->length ? room - op->length : 0;
        op->offset = (size_t)op->offset > room ? (ptrdiff_t)room : op->offset;
        if (choose(choices, 2) == 1)
            op->offset = (ptrdiff_t)room - op->offset;
        break;
    }
}

/* The parameters that a kind wants. */
static void choose_details(struct choices *choices, struct op *op, const struct slot *slot)
{
    switch (op->kind) {
    case OP_ALIGNED:
        op->alignment = choose_alignment(choices);
        op->size = choose_size(choices);
        break;
    case OP_MALLOC:
    case OP_CALLOC:
    case OP_MEMDUP:
    case OP_ADOPT: op->size = choose_size(choices); break;
    case OP_RESIZE:
        op->size = choose(choices, 3) == 0 ? choose_size(choices)
                                           : slot->live.size + choose(choices, 40);
        break;
    case BUG_WRITE_PAST:
    case BUG_READ_PAST:
    case BUG_WRITE_BEFORE:
    case BUG_READ_BEFORE:
    case BUG_WRITE_FREED:
    case BUG_READ_FREED: choose_access(choices, op, slot); break;
    case BUG_INTERIOR:
        if (slot->live.size > 1)
            op->offset = 1 + choose(choices, (uint32_t)slot->live.size - 1);
        if (op->offset > 16 && choose(choices, 2) == 0)
            op->offset &= ~(ptrdiff_t)15;
        break;
    case BUG_WRONG_SIZE: op->size = slot->live.size + 1 + choose(choices, 30); break;
    case BUG_WRONG_RESIZE: op->size = choose(choices, 100); break;
    case BUG_NEGATIVE: op->size = (size_t)0 - 1 - choose(choices, 1000); break;
    case BUG_NULL:
        op->offset = choose(choices, 500);
        op->length = 1;
        break;
    default: break;
    }
}

static enum op_kind choose_kind(struct choices *choices, const struct slot *slot, bool forks)
{
    static const enum op_kind of_empty[] = { OP_MALLOC,  OP_MALLOC, OP_CALLOC,
                                             OP_ALIGNED, OP_MEMDUP, OP_ADOPT };
    static const enum op_kind of_live[] = { OP_WRITE,    OP_FREE, OP_FREE,       OP_RESIZE,
                                            OP_RESIZE,   OP_READ, OP_FREE_SIZED, OP_CHECK,
                                            OP_TRANSFER, OP_SIZE, OP_EXPORT,     OP_DESCRIBE };
    uint32_t rare = choose(choices, 24);

    if (rare == 1)
        return OP_CHECK_ALL;
    if (rare == 2)
        return choose(choices, 2) == 0 ? OP_TRIM : OP_NEW_THREAD;
    if (rare == 3 && forks && choose(choices, 2) == 1)
        return OP_FORK;
    if (slot->live.made == 0)
        return of_empty[choose(choices, sizeof of_empty / sizeof of_empty[0])];
    return of_live[choose(choices, sizeof of_live / sizeof of_live[0])];
}

struct maker {
    struct choices *choices;
    struct program program;
    struct slot slots[MOST_SLOTS];
    bool forks;
};

/* False: it does not fit. */
static bool add(struct maker *maker, struct op op)
{
    struct program *program = &maker->program;
    struct slot *slot = &maker->slots[op.slot];

    choose_details(maker->choices, &op, slot);
    if (program->count == MOST_OPS || !op_fits(&op, slot))
        return false;
    program->ops[program->count++] = op;
    op_apply(&op, program->count, slot);
    return true;
}

/* A free just before some that are about the freed makes more of them. */
static void add_bug(struct maker *maker, uint32_t slot, uint32_t thread)
{
    uint32_t kinds = OP_KINDS - FIRST_BUG;
    struct op op = { .slot = slot, .thread = thread };

    op.kind = (enum op_kind)(FIRST_BUG + choose(maker->choices, kinds));
    if (op.kind == BUG_LEAK && !maker->forks)
        op.kind = BUG_WRITE_PAST;
    if (op.kind >= BUG_WRITE_FREED && op.kind <= BUG_RESIZE_FREED &&
        maker->slots[slot].live.made != 0 && choose(maker->choices, 2) == 0)
        (void)add(maker, (struct op){ .kind = OP_FREE, .slot = slot, .thread = thread });
    if (add(maker, op))
        maker->program.bug = maker->program.count - 1;
}

static void end(struct maker *maker)
{
    for (uint32_t slot = 0; slot < MOST_SLOTS; ++slot)
        if (maker->slots[slot].live.made != 0)
            (void)add(maker,
                      (struct op){ .kind = OP_FREE,
                                   .slot = slot,
                                   .thread = choose(maker->choices, maker->program.threads) });
}

struct program generate(struct choices *choices, uint32_t threads, bool forks)
{
    struct maker maker = { .choices = choices, .forks = forks };
    uint32_t count = 1 + choose(choices, 100);
    uint32_t slots = 1 + choose(choices, MOST_SLOTS);
    bool with_bug = choose(choices, 8) != 1;
    uint32_t planned = choose(choices, count);

    maker.program.threads = threads;
    maker.program.bug = NO_BUG;
    maker.program.ends_with_blocks = forks && choose(choices, 8) == 1;
    for (uint32_t i = 0; i < count && maker.program.count < MOST_OPS - MOST_SLOTS; ++i) {
        struct op op = { .slot = choose(choices, slots), .thread = choose(choices, threads) };

        if (with_bug && maker.program.bug == NO_BUG && i >= planned)
            add_bug(&maker, op.slot, op.thread);
        if (choices->bytes != NULL && choices->left == 0)
            break;
        op.kind = choose_kind(choices, &maker.slots[op.slot], forks);
        (void)add(&maker, op);
    }
    if (!maker.program.ends_with_blocks)
        end(&maker);
    program_settle(&maker.program);
    return maker.program;
}
