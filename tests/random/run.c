/*
 * random/run.c: see run.h.
 *
 * A call site is the number of an operation, in the file "program"; so reports name operations.
 */
#define _GNU_SOURCE
#include "run.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "block/guard.h"
#include "bug.h"
#include "trackmem/observe.h"
#include "trackmem/trackmem.h"

#define END_BYTES ((size_t)8192) /* of larger blocks only the ends are written */

static struct {
    const struct program *program;
    const struct mode *mode;
    struct outcome *outcome;
    struct trackmem_domain *domains[2];
    struct slot slots[MOST_SLOTS];
    uint32_t turns[MOST_SLOTS]; /* atomic */
    pthread_t last[MOST_THREADS];
    uint32_t running; /* atomic: of those that have operations left */
} run;

/* The operation that this thread is at, from 1. */
static _Thread_local volatile uint32_t current;

static void say_wrong(const char *what)
{
    if (run.outcome->wrong[0] == '\0')
        snprintf(run.outcome->wrong, sizeof run.outcome->wrong, "%s, at operation %u", what,
                 current);
}

static uint32_t line_of(const struct trackmem_place *place)
{
    if (place->file == NULL)
        return 0;
    return strcmp(place->file, "program") == 0 ? place->line : UINT32_MAX;
}

static void on_misuse(const struct trackmem_misuse *misuse, void *user)
{
    struct outcome *outcome = run.outcome;
    uint32_t number;

    (void)user;
    if (outcome == NULL)
        return;
    number = __atomic_fetch_add(&outcome->seen_count, 1, __ATOMIC_RELAXED);
    if (number < MOST_SEEN)
        outcome->seen[number] = (struct seen){
            .kind = misuse->kind,
            .block = misuse->block,
            .size = misuse->size,
            .offset = misuse->offset,
            .allocated = line_of(&misuse->allocated),
            .freed = line_of(&misuse->freed),
            .here = misuse->verb != NULL && strcmp(misuse->verb, "exit") != 0
                        ? line_of(&misuse->here)
                        : 0,
            .during = current,
            .says_write = strstr(misuse->text, ": a write ") != NULL,
        };
}

void outcome_print(const struct outcome *outcome, FILE *stream)
{
    const struct expectation *expected = &outcome->expected;

    if (expected->runs && expected->reported)
        fprintf(
            stream,
            "  expected: %s at %td of %p (%zu bytes, operation %u), freed at %u, noticed at %u\n",
            kind_name(expected->kind), expected->offset, (const void *)expected->block,
            expected->size, expected->allocated, expected->freed, expected->noticed);
    else
        fprintf(stream, "  expected: nothing%s\n", expected->runs ? "" : " (the bug is left out)");
    for (uint32_t i = 0; i < outcome->seen_count && i < MOST_SEEN; ++i) {
        const struct seen *seen = &outcome->seen[i];

        fprintf(stream,
                "  reported: %s at %td of %p (%zu bytes, operation %u), freed at %u, noticed at %u "
                "(during %u)\n",
                kind_name(seen->kind), seen->offset, (const void *)seen->block, seen->size,
                seen->allocated, seen->freed, seen->here, seen->during);
    }
}

void run_start(const struct mode *mode)
{
    bug_start(mode->checks);
    if (trackmem_set_options(mode->options) != TRACKMEM_OK)
        exit(2);
    trackmem_set_misuse_handler(on_misuse, NULL);
    trackmem_free(trackmem_malloc(1));
}

static struct trackmem_site *site_of(uint32_t number)
{
    return trackmem_site_at("program", number, "op", run.domains[0]);
}

/* Never 0, so that no string ends in it. */
static char content(const struct block *block, size_t i)
{
    return (char)((block->made * 6 + i) | 1);
}

/* Where the bytes go on that are written and looked at: a large block's middle is left out. */
static size_t after(const struct block *block, size_t i)
{
    return i + 1 == END_BYTES && block->size > 2 * END_BYTES ? block->size - END_BYTES : i + 1;
}

static void write_content(const struct block *block)
{
    for (size_t i = 0; i < block->size; i = after(block, i))
        block->start[i] = content(block, i);
}

/* The first bytes of it, which may have moved. */
static void check_content(const struct block *block, const char *start, size_t size)
{
    for (size_t i = 0; i < size; i = after(block, i)) {
        if (start[i] != content(block, i)) {
            say_wrong("the contents of a block changed");
            return;
        }
    }
}

static void check_zero(const struct block *block)
{
    for (size_t i = 0; i < block->size; ++i) {
        if (block->start[i] != 0) {
            say_wrong("calloc gave bytes that are not 0");
            return;
        }
    }
}

static char *adopt(struct trackmem_site *site, size_t size)
{
    char *start = trackmem_libc_malloc(size);

    if (start != NULL && trackmem_adopt_at(site, start, size) != TRACKMEM_OK)
        say_wrong("a block was not adopted");
    return start;
}

/* A copy of what the block is to hold. */
static char *duplicate(struct trackmem_site *site, const struct block *block)
{
    struct block source = *block;
    char *copy;

    source.start = malloc(block->size + 1);
    write_content(&source);
    copy = trackmem_memdup_at(site, source.start, block->size);
    free(source.start);
    return copy;
}

static char *allocate(const struct op *op, struct trackmem_site *site, const struct block *block)
{
    switch (op->kind) {
    case OP_CALLOC: return trackmem_calloc_at(site, 1, op->size);
    case OP_ALIGNED: return trackmem_aligned_alloc_at(site, op->alignment, op->size);
    case OP_MEMDUP: return duplicate(site, block);
    case OP_ADOPT: return adopt(site, op->size);
    default: return trackmem_malloc_at(site, op->size);
    }
}

static char *resize(const struct op *op, struct trackmem_site *site, const struct block *block)
{
    return block->aligned ? trackmem_aligned_realloc_at(site, block->start, 1, op->size)
                          : trackmem_realloc_at(site, block->start, op->size);
}

static void check_made(const struct op *op, const struct block *block, const struct block *before)
{
    if (block->start == NULL) {
        say_wrong("no memory");
        return;
    }
    if (block->alignment != 0 && (uintptr_t)block->start % block->alignment != 0)
        say_wrong("a block is not aligned");
    if (op->kind == OP_CALLOC)
        check_zero(block);
    else if (op->kind == OP_MEMDUP)
        check_content(block, block->start, block->size);
    else if (op->kind == OP_RESIZE)
        check_content(before, block->start,
                      before->size < block->size ? before->size : block->size);
    write_content(block);
}

static void end_block(const struct op *op, struct trackmem_site *site, const struct block *block)
{
    check_content(block, block->start, block->size);
    if (op->kind == OP_EXPORT)
        trackmem_libc_free(trackmem_export_at(site, block->start));
    else if (block->aligned)
        trackmem_aligned_free_at(site, block->start);
    else if (op->kind == OP_FREE_SIZED)
        trackmem_free_sized_at(site, block->start, block->size);
    else
        trackmem_free_at(site, block->start);
}

/* Whether nothing can be wrong by now. */
static bool is_clean(void)
{
    return run.program->bug == NO_BUG || current <= run.program->bug;
}

static void look(const struct op *op, struct trackmem_site *site, const struct block *block)
{
    char text[256];

    switch (op->kind) {
    case OP_WRITE: write_content(block); break;
    case OP_READ: check_content(block, block->start, block->size); break;
    case OP_SIZE:
        if (trackmem_size(block->start) != block->size)
            say_wrong("trackmem_size is wrong");
        break;
    case OP_TRANSFER:
        if (trackmem_transfer_at(site, block->start, run.domains[1]) != TRACKMEM_OK)
            say_wrong("a block could not be transferred");
        break;
    case OP_CHECK:
        if (!trackmem_check_at(site, block->start) && is_clean())
            say_wrong("trackmem_check found something");
        break;
    case OP_DESCRIBE:
        if (block->size != 0 &&
            (!trackmem_describe(block->start + block->size / 2, text, sizeof text) ||
             strstr(text, ", live") == NULL))
            say_wrong("a live block is not described");
        break;
    default: break;
    }
}

static void run_bug(const struct op *op, struct trackmem_site *site, struct slot *slot)
{
    const struct block *block = block_of_bug(op, slot);
    const char *wrong = NULL;

    run.outcome->expected = expect(run.program, run.mode, slot, tmi_guard_owns(block->start));
    if (run.outcome->expected.runs)
        wrong = bug_do(op, site, slot, run.outcome->expected.faults);
    if (wrong != NULL)
        say_wrong(wrong);
}

static void fork_here(void)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        return;
    if (child < 0 || waitpid(child, &status, 0) != child)
        _exit(3);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void run_op(const struct op *op)
{
    struct slot *slot = &run.slots[op->slot];
    struct trackmem_site *site = site_of(current);
    struct block before = slot->live;

    if (op->kind >= FIRST_BUG) {
        run_bug(op, site, slot);
        op_apply(op, current, slot);
    } else if (op->kind <= OP_RESIZE) {
        op_apply(op, current, slot);
        slot->live.start = op->kind == OP_RESIZE ? resize(op, site, &before)
                                                 : allocate(op, site, &slot->live);
        check_made(op, &slot->live, &before);
    } else if (op->kind <= OP_EXPORT) {
        op_apply(op, current, slot);
        end_block(op, site, &before);
    } else if (op->kind == OP_CHECK_ALL) {
        if (trackmem_check_all_at(site) != 0 && is_clean() && run.program->threads == 1)
            say_wrong("trackmem_check_all found something");
    } else if (op->kind == OP_TRIM) {
        trackmem_trim();
    } else if (op->kind == OP_FORK) {
        fork_here();
    } else {
        look(op, site, &slot->live);
    }
}

struct part {
    uint32_t thread;
    uint32_t from;
    bool joins;
    pthread_t before;
};

static void *run_part(void *argument);

static void start_part(struct part part)
{
    struct part *copy = malloc(sizeof *copy);

    *copy = part;
    if (pthread_create(&run.last[part.thread], NULL, run_part, copy) != 0)
        abort();
}

/* Returns whether a new thread goes on with the rest. */
static bool run_thread(uint32_t thread, uint32_t from)
{
    for (uint32_t i = from; i < run.program->count; ++i) {
        const struct op *op = &run.program->ops[i];
        uint32_t *turn = op_has_slot(op->kind) ? &run.turns[op->slot] : NULL;

        if (op->thread != thread)
            continue;
        if (op->kind == OP_NEW_THREAD) {
            start_part((struct part){ thread, i + 1, thread != 0, pthread_self() });
            return true;
        }
        while (turn != NULL && __atomic_load_n(turn, __ATOMIC_ACQUIRE) != op->turn)
            sched_yield();
        current = i + 1;
        run_op(op);
        current = 0;
        if (turn != NULL)
            __atomic_store_n(turn, op->turn + 1, __ATOMIC_RELEASE);
    }
    return false;
}

/* The thread that it goes on for has ended before the first operation. */
static void *run_part(void *argument)
{
    struct part part = *(struct part *)argument;

    free(argument);
    if (part.joins)
        pthread_join(part.before, NULL);
    if (!run_thread(part.thread, part.from))
        __atomic_fetch_sub(&run.running, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void run_threads(void)
{
    bool first_goes_on;

    run.running = run.program->threads;
    for (uint32_t thread = 1; thread < run.program->threads; ++thread)
        start_part((struct part){ .thread = thread });
    first_goes_on = run_thread(0, 0);
    if (!first_goes_on)
        __atomic_fetch_sub(&run.running, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&run.running, __ATOMIC_ACQUIRE) != 0)
        sched_yield();
    for (uint32_t thread = first_goes_on ? 0 : 1; thread < run.program->threads; ++thread)
        pthread_join(run.last[thread], NULL);
}

/* What the program leaves, unless that is the point: a shrunken one may free less. */
static void free_rest(struct trackmem_site *site)
{
    for (uint32_t slot = 0; slot < MOST_SLOTS; ++slot)
        if (run.slots[slot].live.made != 0)
            end_block(&(struct op){ .kind = OP_FREE }, site, &run.slots[slot].live);
}

static void finish(bool own_domains)
{
    const struct expectation *expected = &run.outcome->expected;
    struct trackmem_site *site = site_of(run.program->count + 1);

    current = run.program->count + 1;
    if (!run.program->ends_with_blocks) {
        if (!expected->loses_block)
            free_rest(site);
        (void)trackmem_check_all_at(site);
        for (int i = 1; i >= 0 && own_domains && !expected->loses_block; --i)
            (void)trackmem_domain_destroy_at(site, run.domains[i]);
    }
    current = 0;
    run.outcome->finished = true;
}

void run_program(const struct program *program, const struct mode *mode, bool own_domains,
                 struct outcome *outcome)
{
    memset(run.slots, 0, sizeof run.slots);
    memset(run.turns, 0, sizeof run.turns);
    memset(outcome, 0, sizeof *outcome);
    run.program = program;
    run.mode = mode;
    run.outcome = outcome;
    if (own_domains || run.domains[0] == NULL) {
        run.domains[0] = trackmem_domain_create(NULL, "program");
        run.domains[1] = trackmem_domain_create(run.domains[0], "other");
    }
    run_threads();
    finish(own_domains);
}
