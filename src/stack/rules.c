/*
 * stack/rules.c: the table of rules.h.
 */
#include "stack/rules.h"

#include "stack/module.h"

struct tmi_rule_set *tmi_rules;

static uint32_t epoch; /* stored with release, read with acquire */

void tmi_rules_start(void *(*map)(size_t size))
{
    epoch = tmi_stack_module_epoch();
    tmi_rules = map(TMI_RULE_SETS * sizeof *tmi_rules);
}

uint32_t tmi_rules_epoch(void)
{
    return tmi_load_acquire(&epoch);
}

/*
 * Who keeps a rule has the module's code on its stack, so that the module's end comes later, and
 * this after it: no rule of what is gone is kept once it was forgotten.
 */
bool tmi_rules_stand(uint32_t of_epoch)
{
    uint32_t now;

    if (tmi_stack_module_is_present(of_epoch))
        return true;
    now = tmi_stack_module_look();
    if (now == tmi_load_acquire(&epoch))
        return now == of_epoch && tmi_stack_module_is_present(now);
    for (size_t i = 0; i < TMI_RULE_SETS * TMI_RULE_WAYS; ++i) {
        struct tmi_rule_set *set = &tmi_rules[i / TMI_RULE_WAYS];
        size_t way = i % TMI_RULE_WAYS;

        if ((tmi_load(&set->rules[way]) & TMI_RULE_PASSING) == 0)
            continue;
        tmi_store(&set->rules[way], 0);
        tmi_store(&set->numbers[way], 0);
    }
    tmi_store_release(&epoch, now);
    return false;
}

uint64_t tmi_rule_learn(uintptr_t pc)
{
    static uint32_t turn; /* which way is replaced next, if all are taken */
    uint64_t mixed = pc ^ pc >> 12;
    struct tmi_rule_set *set = &tmi_rules[mixed % TMI_RULE_SETS];
    const struct tmi_stack_module *module;
    uint64_t rule;
    size_t way;

    if ((uint64_t)pc >> TMI_ADDRESS_BITS != 0 || (module = tmi_stack_module_at(pc)) == NULL)
        return 0; /* code that may change without a word */
    rule = tmi_rule_read(pc) | mixed / TMI_RULE_SETS << TMI_RULE_TAG_BIT;
    if (!module->lasting)
        rule |= TMI_RULE_PASSING;
    for (way = 0; way < TMI_RULE_WAYS && tmi_load(&set->rules[way]) != 0; ++way)
        continue;
    if (way == TMI_RULE_WAYS)
        way = tmi_add(&turn, 1) % TMI_RULE_WAYS;
    tmi_store(&set->rules[way], rule);
    return rule;
}

uint32_t tmi_rule_number(uintptr_t pc)
{
    uint64_t mixed = pc ^ pc >> 12;
    struct tmi_rule_set *set = &tmi_rules[mixed % TMI_RULE_SETS];
    uint32_t number = tmi_stack_address(pc, tmi_stack_module_epoch());

    for (size_t i = 0; number != 0 && number <= TMI_RULE_NUMBER_MOST && i < TMI_RULE_WAYS; ++i)
        if (tmi_load(&set->rules[i]) >> TMI_RULE_TAG_BIT == mixed / TMI_RULE_SETS)
            tmi_store(&set->numbers[i], mixed / TMI_RULE_SETS << TMI_RULE_TAG_BIT | number);
    return number;
}
