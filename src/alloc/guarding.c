/*
 * alloc/guarding.c: see guarding.h, but for what happens in a fault (fault.c).
 *
 * Sampling draws, for each thread, how many allocations lie between one that is guarded and the
 * next: each is guarded with the same chance, whatever came before, so no rhythm of the program can
 * hide from it.
 */
#include "alloc/guarding.h"

#include <string.h>

#include "account/own.h"
#include "alloc/check.h"
#include "alloc/fault.h"
#include "alloc/misuse.h"
#include "alloc/options.h"
#include "alloc/stacks.h"
#include "alloc/start.h"
#include "block/damage.h"
#include "platform/fault.h"
#include "platform/platform.h"

static struct {
    enum tmi_guard_mode mode;   /* of the option */
    enum tmi_guard_mode acting; /* since the start */
    uint64_t rate;              /* one in so many, sampled */
    bool catching;
    uint32_t said; /* atomic: that blocks are not guarded */
} guarding;

static bool word_is(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

bool tmi_option_set_guard(const char *text, size_t length, struct tmi_option_problem *problem)
{
    static const char sample[] = "sample:";
    static const char *const words[] = { "off", "after", "before" };
    enum tmi_guard_mode mode = TMI_GUARD_SAMPLE;
    uint64_t rate = 0;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; ++i)
        if (word_is(text, length, words[i]))
            mode = (enum tmi_guard_mode)i;
    *problem = (struct tmi_option_problem){ text, length,
                                            ": write off, after, before, or sample:5000" };
    if (mode == TMI_GUARD_SAMPLE &&
        (length < sizeof sample || memcmp(text, sample, sizeof sample - 1) != 0 ||
         !tmi_options_number(text + sizeof sample - 1, length - (sizeof sample - 1), &rate) ||
         rate == 0 || rate > UINT32_MAX))
        return false;
    problem->hint = ": it acts at start only";
    if (tmi_started() && (mode != guarding.mode || rate != guarding.rate))
        return false;
    guarding.mode = mode;
    guarding.rate = rate;
    return true;
}

static void say(const char *line)
{
    (void)tmi_platform_write(2, line, strlen(line));
}

static const char *option_name(void)
{
    return guarding.acting == TMI_GUARD_ALONE ? "trackmem: option quarantine: "
                                              : "trackmem: option guard: ";
}

bool tmi_guarding_start(void)
{
    struct tmi_guard_options options = {
        .mode = guarding.mode,
        .alignment = TRACKMEM_ALIGNMENT,
        .zone = (size_t)tmi_options.redzone,
        .protect = tmi_check_protects(),
    };

    if (options.protect && options.mode != TMI_GUARD_AFTER && options.mode != TMI_GUARD_BEFORE)
        options.mode = TMI_GUARD_ALONE;
    if (options.mode == TMI_GUARD_OFF)
        return false;
    if (options.zone < TRACKMEM_ALIGNMENT)
        options.zone = TRACKMEM_ALIGNMENT;
    if (options.mode != TMI_GUARD_ALONE &&
        (size_t)16 >> tmi_options.guard_align < TRACKMEM_ALIGNMENT)
        options.alignment = (size_t)16 >> tmi_options.guard_align;
    guarding.acting = options.mode;
    if (!tmi_guard_start(&options)) {
        say(option_name());
        say("no pages can be guarded here\n");
        return false;
    }
    if (options.mode == TMI_GUARD_SAMPLE)
        tmi_thread_detour_all(TMI_DETOUR_SAMPLE);
    return options.mode != TMI_GUARD_SAMPLE;
}

void tmi_guarding_catch(void)
{
    if (tmi_guard_range.bytes != 0 || tmi_checking)
        guarding.catching = tmi_fault_catch(&tmi_fault_catcher);
}

void tmi_guarding_finish(void)
{
    if (guarding.catching)
        tmi_fault_release();
    guarding.catching = false;
}

void tmi_guarding_thread_begins(struct tmi_thread *thread)
{
    if (!guarding.catching)
        return;
    if (thread->fault_stack == NULL)
        thread->fault_stack = tmi_own_map(TMI_FAULT_STACK_BYTES);
    if (thread->fault_stack != NULL)
        tmi_fault_thread_begin(thread->fault_stack, TMI_FAULT_STACK_BYTES);
}

void tmi_guarding_thread_ends(struct tmi_thread *thread)
{
    if (thread->fault_stack != NULL)
        tmi_fault_thread_end(thread->fault_stack);
}

/* -ln(word / 2^64) in units of 2^-16; word is not 0. */
static uint64_t minus_log(uint64_t word)
{
    const uint64_t ln_2 = 45426; /* in the same units */
    uint64_t log = (uint64_t)TMI_LOG2(word) << 16;
    uint64_t fraction = word << (63 - TMI_LOG2(word)) >> 32; /* from 2^31 to 2^32 */

    for (unsigned bit = 1u << 15; bit != 0; bit >>= 1) {
        fraction = fraction * fraction >> 31;
        if (fraction >> 32 != 0) {
            fraction >>= 1;
            log |= bit;
        }
    }
    return (((uint64_t)64 << 16) - log) * ln_2 >> 16;
}

/* How many allocations it is to the next one guarded: geometrically distributed, mean `rate`. */
static uint64_t draw(struct tmi_thread *thread)
{
    uint64_t word = thread->sample_random;

    if (guarding.rate == 1)
        return 1;
    if (word == 0)
        word = tmi_platform_random() | (uint64_t)tmi_platform_random() << 32 | 1;
    word ^= word << 13;
    word ^= word >> 7;
    word ^= word << 17;
    thread->sample_random = word;
    return 1 + (minus_log(word) * (2 * guarding.rate - 1) >> 17);
}

static bool is_its_turn(struct tmi_thread *thread)
{
    if (guarding.acting != TMI_GUARD_SAMPLE)
        return true;
    if (thread == NULL)
        return false;
    if (thread->sample_in == 0)
        thread->sample_in = draw(thread);
    if (--thread->sample_in != 0)
        return false;
    thread->sample_in = draw(thread);
    return true;
}

/* Once: a program that reaches the limit does so many times. */
void tmi_guarding_say_unguarded(void)
{
    if (tmi_guard_unguarded() != 0 && tmi_load(&guarding.said) == 0 &&
        tmi_add(&guarding.said, 1) == 0) {
        say(option_name());
        say("some blocks have redzones only: too large for guard pages, or near the limit of "
            "mappings (vm.max_map_count) or of memory\n");
    }
}

void *tmi_guarding_create(const struct tmi_verb *verb, struct tmi_thread *thread, uint64_t shape,
                          uint32_t account, bool zero)
{
    void *block;

    if (tmi_guard_range.bytes == 0 || tmi_shape_backend(shape) != 0 || !is_its_turn(thread))
        return NULL;
    block = tmi_guard_create(shape, account);
    if (block == NULL)
        return NULL;
    tmi_store(&tmi_guard_record(block)->allocated_stack, tmi_stacks_take(thread, verb->frame));
    if (tmi_checking && !zero)
        tmi_fill_write(block, tmi_shape_size(shape), tmi_checked_options.fill,
                       tmi_checked_options.fresh);
    return block;
}

bool tmi_guarding_end(const struct tmi_verb *verb, struct tmi_thread *thread, void *block,
                      uint32_t *account)
{
    struct tmi_record *record = tmi_guard_record(block);
    uint32_t life = tmi_load_acquire(&record->life);
    struct tmi_damage damage;

    if (tmi_life_state(life) != TMI_LIFE_LIVE || tmi_load(&record->block) != (uintptr_t)block ||
        !tmi_record_claim(record, life))
        return false;
    if (tmi_guard_examine(record, &damage)) { /* reported with nothing claimed: check.h */
        struct tmi_call call = tmi_call_of(verb, block);
        struct tmi_record copy = *record;

        tmi_guard_mend(&copy);
        copy.life = tmi_record_set_state(record, TMI_LIFE_LIVE);
        tmi_damage_report(&copy, &damage, &call);
        if (!tmi_record_claim(record, copy.life))
            return false;
    }
    *account = tmi_load(&record->account);
    tmi_store(&record->freed_stack, tmi_stacks_take(thread, verb->frame));
    tmi_guard_put_away(record, verb->site);
    return true;
}

struct look {
    const struct tmi_call *call;
    size_t damaged;
};

static void look_at(struct tmi_record *record, void *user)
{
    struct look *look = user;
    struct tmi_record copy;
    struct tmi_damage damage;
    bool damaged;

    if (tmi_life_state(tmi_load(&record->life)) != TMI_LIFE_LIVE || !tmi_record_pin(record))
        return;
    copy = *record;
    damaged = tmi_life_state(copy.life) == TMI_LIFE_LIVE && tmi_guard_examine(&copy, &damage);
    if (damaged)
        tmi_guard_mend(&copy);
    tmi_record_unpin(record);
    if (damaged)
        tmi_damage_report(&copy, &damage, look->call);
    look->damaged += damaged;
}

bool tmi_guarding_look(const void *block, const struct tmi_call *call)
{
    struct look look = { .call = call };

    look_at(tmi_guard_record(block), &look);
    return look.damaged != 0;
}

size_t tmi_guarding_sweep(const struct tmi_call *call)
{
    struct look look = { .call = call };

    if (tmi_guard_range.bytes != 0)
        tmi_guard_visit(look_at, &look);
    return look.damaged;
}
