/*
 * random/shrink.c: leaves out what a failure does not need: runs of operations, first long ones,
 * then single ones; and threads; and makes numbers smaller.
 */
#include "program.h"

struct shrinking {
    struct program *program;
    fails_fn *fails;
    void *user;
};

/* Takes a smaller one if it fails too. */
static bool take(struct shrinking *shrinking, struct program candidate)
{
    program_settle(&candidate);
    if (!shrinking->fails(&candidate, shrinking->user))
        return false;
    *shrinking->program = candidate;
    return true;
}

static bool leave_out(struct shrinking *shrinking, uint32_t first, uint32_t count)
{
    struct program candidate = *shrinking->program;

    for (uint32_t i = first; i + count < candidate.count; ++i)
        candidate.ops[i] = candidate.ops[i + count];
    candidate.count -= count;
    return take(shrinking, candidate);
}

static bool leave_out_some(struct shrinking *shrinking)
{
    bool shrunk = false;

    for (uint32_t run = shrinking->program->count / 2; run != 0; run /= 2)
        for (uint32_t first = 0; first + run <= shrinking->program->count;)
            if (leave_out(shrinking, first, run))
                shrunk = true;
            else
                first += run;
    return shrunk;
}

static bool lower(struct shrinking *shrinking, size_t *number)
{
    size_t before = *number;

    for (size_t smaller = 0; smaller < before; smaller = smaller == 0 ? before / 2 : before) {
        struct program candidate;

        *number = smaller;
        candidate = *shrinking->program;
        *number = before;
        if (take(shrinking, candidate))
            return true;
    }
    return false;
}

static bool lower_some(struct shrinking *shrinking)
{
    struct program *program = shrinking->program;
    bool shrunk = false;

    for (uint32_t i = 0; i < program->count; ++i) {
        if (program->ops[i].kind != OP_NEW_THREAD && program->ops[i].size != 0)
            shrunk |= lower(shrinking, &program->ops[i].size);
        if (program->ops[i].in_signal) {
            struct program candidate = *program;

            candidate.ops[i].in_signal = false;
            shrunk |= take(shrinking, candidate);
        }
    }
    return shrunk;
}

static bool use_one_thread(struct shrinking *shrinking)
{
    struct program candidate = *shrinking->program;

    if (candidate.threads == 1)
        return false;
    candidate.threads = 1;
    return take(shrinking, candidate);
}

void shrink(struct program *program, fails_fn *fails, void *user)
{
    struct shrinking shrinking = { program, fails, user };
    bool shrunk = true;

    for (int rounds = 0; shrunk && rounds < 10; ++rounds) {
        shrunk = use_one_thread(&shrinking);
        shrunk |= leave_out_some(&shrinking);
        shrunk |= lower_some(&shrinking);
    }
}
