/*
 * alloc/budget_option.c: option budget=PATH:SIZE,... : parsed here, kept in account/plan.h for the
 * domains to come, and set at once for those that are there.
 */
#include <string.h>

#include "account/budget.h"
#include "account/plan.h"
#include "alloc/options.h"
#include "block/header.h"
#include "platform/platform.h"

static const char hint_item[] = ": write PATH:SIZE, such as driver/cache:8M";
static const char hint_size[] = ": a size from 1 on, such as 65536 or 64M";
static const char hint_many[] = ": one too many, or too long";
static const char hint_system[] = ": this system cannot call credit back from threads";

static const char *parse_item(struct tmi_plans *plans, const char *item, size_t path, size_t length)
{
    struct tmi_plan *plan = &plans->plans[plans->count];
    uint64_t size;

    if (path == length)
        return hint_item;
    if (!tmi_options_number(item + path + 1, length - path - 1, &size) || size == 0 ||
        size > TMI_SIZE_MAX)
        return hint_size;
    if (plans->count == TMI_PLANS)
        return hint_many;
    plan->length = (uint16_t)path;
    plan->hard_bytes = (intptr_t)size;
    ++plans->count;
    return NULL;
}

/* Up to the ':', and from there up to ',' or '+': a path may hold '+'. */
static void measure_item(const char *item, size_t length, size_t *path, size_t *end)
{
    const char *colon = memchr(item, ':', length);

    *path = colon != NULL ? (size_t)(colon - item) : length;
    for (*end = *path; *end < length && item[*end] != ',' && item[*end] != '+'; ++*end)
        continue;
}

static void set_those_that_are_there(const struct tmi_plans *plans)
{
    for (size_t i = 0; i < plans->count; ++i) {
        char path[TMI_PLAN_BYTES];
        struct tmi_domain *domain;

        memcpy(path, plans->text + plans->plans[i].path, plans->plans[i].length);
        path[plans->plans[i].length] = '\0';
        domain = tmi_domain_find(path);
        if (domain != NULL)
            (void)tmi_budget_set(domain, 0, (size_t)plans->plans[i].hard_bytes, NULL, NULL);
    }
}

bool tmi_option_set_budget(const char *text, size_t length, struct tmi_option_problem *problem)
{
    struct tmi_plans plans = { .count = 0 };

    *problem = (struct tmi_option_problem){ text, length, hint_many };
    if (length > sizeof plans.text)
        return false;
    problem->hint = hint_system;
    if (!tmi_platform_has_barrier())
        return false;
    memcpy(plans.text, text, length);
    for (size_t at = 0; at < length;) {
        size_t path;
        size_t end;

        measure_item(text + at, length - at, &path, &end);
        plans.plans[plans.count < TMI_PLANS ? plans.count : 0].path = (uint16_t)at;
        *problem = (struct tmi_option_problem){ text + at, end, NULL };
        problem->hint = parse_item(&plans, text + at, path, end);
        if (problem->hint != NULL)
            return false;
        at += end + 1;
    }
    tmi_plan_set(&plans);
    set_those_that_are_there(&plans);
    return true;
}
