/*
 * random/program.c: see program.h.
 */
#include "program.h"

enum target { ANY, EMPTY, LIVE, LIVE_PLAIN, LIVE_OURS, LIVE_OURS_PLAIN, FREED };

static const struct {
    const char *name;
    enum target target;
} kinds[] = {
#define X(identifier, name, target) { name, target },
    OPS(X)
#undef X
};

uint32_t choose(struct choices *choices, uint32_t below)
{
    uint32_t word = 0;

    if (choices->bytes == NULL) {
        choices->state ^= choices->state << 13;
        choices->state ^= choices->state >> 7;
        choices->state ^= choices->state << 17;
        return (uint32_t)((choices->state * 0x2545f4914f6cdd1du) >> 33) % below;
    }
    for (uint32_t range = below - 1; range != 0 && choices->left != 0; range >>= 8) {
        word = word << 8 | *choices->bytes++;
        --choices->left;
    }
    return word % below;
}

bool op_has_slot(enum op_kind kind)
{
    return kinds[kind].target != ANY;
}

/* An offset that the bug's block does not have is no such bug. */
static bool access_fits(const struct op *op, const struct slot *slot)
{
    ptrdiff_t end = op->offset + (ptrdiff_t)op->length;

    switch (op->kind) {
    case BUG_WRITE_PAST:
    case BUG_READ_PAST: return op->offset >= (ptrdiff_t)slot->live.size;
    case BUG_WRITE_BEFORE:
    case BUG_READ_BEFORE: return end <= 0;
    case BUG_WRITE_FREED:
    case BUG_READ_FREED: return op->offset >= 0 && end <= (ptrdiff_t)slot->freed.size;
    case BUG_INTERIOR: return op->offset > 0 && op->offset < (ptrdiff_t)slot->live.size;
    case BUG_UNTERMINATED: return slot->live.size != 0;
    case BUG_WRONG_SIZE: return op->size != slot->live.size;
    default: return true;
    }
}

bool op_fits(const struct op *op, const struct slot *slot)
{
    bool live = slot->live.made != 0;

    switch (kinds[op->kind].target) {
    case EMPTY: return !live;
    case LIVE: return live && access_fits(op, slot);
    case LIVE_PLAIN: return live && !slot->live.aligned;
    case LIVE_OURS: return live && !slot->live.adopted && access_fits(op, slot);
    case LIVE_OURS_PLAIN:
        return live && !slot->live.adopted && !slot->live.aligned && access_fits(op, slot);
    case FREED: return slot->freed.made != 0 && !slot->freed.adopted && access_fits(op, slot);
    default: return true;
    }
}

static void take_away(struct slot *slot, const struct op *op, uint32_t number)
{
    slot->freed = slot->live;
    slot->freed.freed = number;
    slot->freed.freed_by_thread = op->thread;
    slot->live = (struct block){ .made = 0 };
}

void op_apply(const struct op *op, uint32_t number, struct slot *slot)
{
    struct block made = { .made = number, .size = op->size };

    switch (op->kind) {
    case OP_ADOPT: made.adopted = true; break;
    case OP_ALIGNED:
        made.alignment = op->alignment;
        made.aligned = true;
        break;
    case OP_MALLOC:
    case OP_CALLOC:
    case OP_MEMDUP: break;
    case OP_RESIZE:
        made.aligned = slot->live.aligned;
        made.adopted = slot->live.adopted;
        made.alignment = slot->live.alignment;
        take_away(slot, op, number);
        break;
    case OP_FREE:
    case OP_FREE_SIZED:
    case OP_EXPORT:
    case BUG_WRONG_SIZE: take_away(slot, op, number); return;
    case BUG_LEAK: slot->live = (struct block){ .made = 0 }; return;
    default: return;
    }
    slot->live = made;
}

void program_settle(struct program *program)
{
    struct slot slots[MOST_SLOTS] = { 0 };
    uint32_t turns[MOST_SLOTS] = { 0 };
    uint32_t count = 0;
    bool started = false;

    program->bug = NO_BUG;
    for (uint32_t i = 0; i < program->count; ++i) {
        struct op op = program->ops[i];

        op.thread %= program->threads;
        if (!op_fits(&op, &slots[op.slot]) || (op.kind >= FIRST_BUG && program->bug != NO_BUG) ||
            (op.kind == OP_FORK && (program->threads != 1 || started)))
            continue;
        started = started || op.kind == OP_NEW_THREAD; /* which a child would be without */
        op_apply(&op, count + 1, &slots[op.slot]);
        op.turn = op_has_slot(op.kind) ? turns[op.slot]++ : 0;
        if (op.kind >= FIRST_BUG)
            program->bug = count;
        program->ops[count++] = op;
    }
    program->count = count;
}

void program_print(const struct program *program, FILE *stream)
{
    for (uint32_t i = 0; i < program->count; ++i) {
        const struct op *op = &program->ops[i];

        fprintf(stream, "  %3u ", i + 1);
        if (program->threads > 1)
            fprintf(stream, " thread %u", op->thread);
        if (op_has_slot(op->kind))
            fprintf(stream, "  slot %-2u", op->slot);
        fprintf(stream, "  %s", kinds[op->kind].name);
        if (op->size != 0 || kinds[op->kind].target == EMPTY)
            fprintf(stream, "  size %zu", op->size);
        if (op->alignment != 0)
            fprintf(stream, "  alignment %zu", op->alignment);
        if (op->offset != 0 || op->length != 0)
            fprintf(stream, "  offset %td", op->offset);
        if (op->length > 1)
            fprintf(stream, "  length %zu", op->length);
        fprintf(stream, "%s\n", op->in_signal ? "  in a signal handler" : "");
    }
    if (program->ends_with_blocks)
        fprintf(stream, "       the live blocks are left at exit\n");
}
