/*
 * stack/module.c: see module.h. A table that only grows; readers take no lock. One thread at a time
 * adds to it, and no other waits for that, so that a signal handler can't wait for its own thread.
 */
#include "stack/module.h"

#include <string.h>

#include "base/atomic.h"
#include "platform/code.h"

#define STILL_LOADED UINT32_MAX

static struct {
    void *(*map)(size_t size);
    struct tmi_stack_module *modules; /* TMI_STACK_MODULES */
    uint32_t count;                   /* stored with release, read with acquire */
    uint32_t epoch;                   /* the same */
    uintptr_t state;                  /* the system's, of the last look that has ended; the same */
    uint32_t busy;                    /* 1 while a thread looks; guards what follows */
    uint8_t seen[TMI_STACK_MODULES];  /* by the look that is under way */
    char *texts;                      /* where the next path goes */
    size_t texts_left;
} table;

void tmi_stack_module_start(void *(*map)(size_t size))
{
    memset(&table, 0, sizeof table);
    table.map = map;
    table.modules = map(TMI_STACK_MODULES * sizeof *table.modules);
}

static const char *copy_path(const char *path)
{
    enum { TEXTS = 65536 };
    size_t size = strlen(path) + 1;
    char *copy;

    if (size > table.texts_left && size <= TEXTS) {
        table.texts = table.map(TEXTS);
        table.texts_left = table.texts != NULL ? TEXTS : 0;
    }
    if (size > table.texts_left)
        return "";
    copy = memcpy(table.texts, path, size);
    table.texts += size;
    table.texts_left -= size;
    return copy;
}

static bool is_same(const struct tmi_stack_module *known, const struct tmi_loaded_module *module)
{
    return known->start == module->start && known->end == module->end &&
           known->base == module->base && known->build_id_size == module->build_id_size &&
           memcmp(known->build_id, module->build_id, module->build_id_size) == 0 &&
           (known->path[0] == '\0' || strcmp(known->path, module->path) == 0);
}

/* The thread that looks calls it, under the loader's lock. */
static void see(const struct tmi_loaded_module *module, void *user)
{
    uint32_t count = table.count;
    struct tmi_stack_module *new_one = &table.modules[count];

    (void)user;
    for (uint32_t i = 0; i < count; ++i) {
        if (table.modules[i].last_epoch == STILL_LOADED && is_same(&table.modules[i], module)) {
            table.seen[i] = 1;
            return;
        }
    }
    if (count == TMI_STACK_MODULES)
        return;
    *new_one = (struct tmi_stack_module){
        .start = module->start,
        .end = module->end,
        .base = module->base,
        .path = copy_path(module->path),
        .build_id_size = module->build_id_size,
        .lasting = module->lasting,
        .first_epoch = table.epoch,
        .last_epoch = STILL_LOADED,
    };
    memcpy(new_one->build_id, module->build_id, sizeof new_one->build_id);
    table.seen[count] = 1;
    tmi_store_release(&table.count, count + 1);
}

/* What was not seen is gone. What came in its place begins with the epoch that its end begins. */
static void end_the_unseen(uint32_t count_before)
{
    bool ended = false;

    for (uint32_t i = 0; i < table.count; ++i) {
        if (table.modules[i].last_epoch == STILL_LOADED && !table.seen[i]) {
            tmi_store(&table.modules[i].last_epoch, table.epoch);
            ended = true;
        }
    }
    for (uint32_t i = count_before; ended && i < table.count; ++i)
        tmi_store(&table.modules[i].first_epoch, table.epoch + 1);
    if (ended)
        tmi_store_release(&table.epoch, table.epoch + 1);
}

static void ignore(const struct tmi_loaded_module *module, void *user)
{
    (void)module;
    (void)user;
}

/* Whether nothing came or went since the last look; of this, any number of threads may ask. */
static bool is_as_seen(void)
{
    uintptr_t state = tmi_load_acquire(&table.state);

    return !tmi_platform_visit_modules(&state, ignore, NULL);
}

bool tmi_stack_module_is_present(uint32_t epoch)
{
    return is_as_seen() && tmi_load_acquire(&table.epoch) == epoch;
}

uint32_t tmi_stack_module_look(void)
{
    uint32_t idle = 0;
    uint32_t count_before;
    uintptr_t state;

    if (is_as_seen() || table.modules == NULL ||
        !__atomic_compare_exchange_n(&table.busy, &idle, 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return tmi_load_acquire(&table.epoch);
    count_before = table.count;
    memset(table.seen, 0, count_before);
    state = table.state;
    if (tmi_platform_visit_modules(&state, see, NULL))
        end_the_unseen(count_before);
    tmi_store_release(&table.state, state);
    tmi_store_release(&table.busy, 0);
    return tmi_load_acquire(&table.epoch);
}

uint32_t tmi_stack_module_epoch(void)
{
    return tmi_load_acquire(&table.epoch);
}

static const struct tmi_stack_module *find(uintptr_t frame, uint32_t epoch)
{
    uintptr_t call = frame - 1;

    for (uint32_t i = tmi_load_acquire(&table.count); i > 0; --i) {
        struct tmi_stack_module *module = &table.modules[i - 1];

        if (call >= module->start && call < module->end &&
            tmi_load(&module->first_epoch) <= epoch && epoch <= tmi_load(&module->last_epoch))
            return module;
    }
    return NULL;
}

bool tmi_stack_module_stands(uintptr_t frame, uint32_t epoch)
{
    struct tmi_stack_module *module = (struct tmi_stack_module *)find(frame, epoch);

    return module == NULL || tmi_load(&module->last_epoch) == STILL_LOADED;
}

bool tmi_stack_module_passes(const uintptr_t *frames, size_t count)
{
    uint32_t epoch = tmi_stack_module_epoch();

    for (size_t i = 0; i < count; ++i) {
        const struct tmi_stack_module *module = find(frames[i], epoch);

        if (module == NULL || !module->lasting)
            return true;
    }
    return false;
}

const struct tmi_stack_module *tmi_stack_module_of(const struct tmi_stack *stack, uint32_t number)
{
    return find(stack->frames[number], stack->epochs[number]);
}

const struct tmi_stack_module *tmi_stack_module_at(uintptr_t frame)
{
    return find(frame, tmi_stack_module_look());
}
