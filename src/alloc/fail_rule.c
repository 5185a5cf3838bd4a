/*
 * alloc/fail_rule.c: the rules of trackmem_fail_set and the option fail=...: parsed and matched.
 * Pure: allocates nothing, takes no lock.
 */
#include <string.h>

#include "alloc/fail.h"

static const char hint_keys[] =
    ": write nth:N, after:N, every:N, rate:P, seed:S, domain:NAME or site:FILE[:LINE]";
static const char hint_count[] = ": a number from 1 on";
static const char hint_number[] = ": a number";
static const char hint_rate[] = ": a probability such as 0.01 or 1%";
static const char hint_one[] = ": one of nth, after, every and rate";
static const char hint_text[] = ": 1 to 127 bytes";

static const char *const keys[] = { "nth", "after", "every", "rate", "seed", "domain", "site" };

enum key { NTH, AFTER, EVERY, RATE, SEED, DOMAIN, SITE, KEYS };

/* Which key stands at the start of a text, before a ':'; KEYS: none. */
static enum key key_at(const char *text, size_t length)
{
    unsigned key = 0;

    for (; key < KEYS; ++key) {
        size_t size = strlen(keys[key]);

        if (length > size && memcmp(text, keys[key], size) == 0 && text[size] == ':')
            break;
    }
    return (enum key)key;
}

/* Up to a ',', or a '+' before another key: names may hold '+'. */
static size_t item_length(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && text[at] != ',' &&
           !(text[at] == '+' && key_at(text + at + 1, length - at - 1) != KEYS))
        ++at;
    return at;
}

/* 0.01, 1%, 1: in 2^32nds. */
static bool parse_rate(const char *text, size_t length, uint64_t *rate)
{
    bool percent = length > 0 && text[length - 1] == '%';
    uint64_t value = 0;
    uint64_t scale = percent ? 100 : 1;
    bool point = false;
    size_t digits = 0;

    for (size_t i = 0; i < length - percent; ++i) {
        if (text[i] == '.' && !point) {
            point = true;
        } else if (text[i] >= '0' && text[i] <= '9' && value < 100000000) {
            value = value * 10 + (uint64_t)(text[i] - '0');
            scale *= point ? 10 : 1;
            ++digits;
        } else {
            return false;
        }
    }
    if (digits == 0 || value > scale)
        return false;
    *rate = (value << 32) / scale;
    return true;
}

static bool copy_text(char *to, size_t capacity, const char *text, size_t length)
{
    if (length == 0 || length >= capacity)
        return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

/* FILE or FILE:LINE. */
static bool parse_site(struct tmi_fail_rule *rule, const char *text, size_t length)
{
    size_t digits = 0;
    uint64_t line;

    while (digits < length && text[length - digits - 1] >= '0' && text[length - digits - 1] <= '9')
        ++digits;
    if (digits > 0 && digits + 1 < length && text[length - digits - 1] == ':' &&
        tmi_options_number(text + length - digits, digits, &line) && line <= UINT32_MAX) {
        rule->line = (uint32_t)line;
        length -= digits + 1;
    }
    return copy_text(rule->file, sizeof rule->file, text, length);
}

/* NULL, or what is wrong with the value of a key. */
static const char *parse_value(struct tmi_fail_rule *rule, enum key key, const char *text,
                               size_t length)
{
    static const enum tmi_fail_trigger triggers[] = { TMI_FAIL_NTH, TMI_FAIL_AFTER, TMI_FAIL_EVERY,
                                                      TMI_FAIL_RATE };

    if (key <= RATE) {
        if (rule->trigger != TMI_FAIL_NEVER)
            return hint_one;
        rule->trigger = triggers[key];
    }
    switch (key) {
    case NTH:
    case EVERY:
        return tmi_options_number(text, length, &rule->n) && rule->n != 0 ? NULL : hint_count;
    case AFTER: return tmi_options_number(text, length, &rule->n) ? NULL : hint_number;
    case RATE: return parse_rate(text, length, &rule->n) ? NULL : hint_rate;
    case SEED: return tmi_options_number(text, length, &rule->seed) ? NULL : hint_number;
    case DOMAIN:
        return copy_text(rule->domain, sizeof rule->domain, text, length) ? NULL : hint_text;
    case SITE: return parse_site(rule, text, length) ? NULL : hint_text;
    case KEYS: break;
    }
    return hint_keys;
}

/* What P:S of rate:P:S leaves of the value: the seed is cut off. */
static size_t cut_seed(struct tmi_fail_rule *rule, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    size_t rate = colon != NULL ? (size_t)(colon - text) : length;

    if (colon != NULL && !tmi_options_number(colon + 1, length - rate - 1, &rule->seed))
        return length; /* not a number: the rate is refused with it */
    return rate;
}

bool tmi_fail_rule_parse(const char *text, size_t length, struct tmi_fail_rule *rule,
                         struct tmi_option_problem *problem)
{
    *rule = (struct tmi_fail_rule){ .trigger = TMI_FAIL_NEVER };
    while (length > 0) {
        size_t item = item_length(text, length);
        enum key key = key_at(text, item);
        size_t name = key != KEYS ? strlen(keys[key]) + 1 : 0;
        size_t value = item - name;

        *problem = (struct tmi_option_problem){ text, item, hint_keys };
        if (key == KEYS)
            return false;
        if (key == RATE)
            value = cut_seed(rule, text + name, value);
        problem->hint = parse_value(rule, key, text + name, value);
        if (problem->hint != NULL)
            return false;
        item += item < length; /* the separator */
        text += item;
        length -= item;
    }
    if (rule->trigger == TMI_FAIL_NEVER && (rule->domain[0] != '\0' || rule->file[0] != '\0'))
        rule->trigger = TMI_FAIL_AFTER; /* after 0: every one */
    return true;
}

/* Whether a path ends with another one, at a '/'. */
static bool ends_with(const char *path, const char *end)
{
    size_t length = strlen(path);
    size_t end_length = strlen(end);

    if (end_length > length || strcmp(path + length - end_length, end) != 0)
        return false;
    return length == end_length || path[length - end_length - 1] == '/' ||
           path[length - end_length - 1] == '\\';
}

/* Whether the domain's path is, or ends with, this one: "driver/cache" or "cache". */
static bool is_called(const struct tmi_domain *domain, const char *path)
{
    size_t length = strlen(path);

    for (; domain->parent != NULL; domain = domain->parent) {
        size_t name = strlen(domain->handle.name);

        if (name > length || memcmp(path + length - name, domain->handle.name, name) != 0)
            return false;
        length -= name;
        if (length == 0)
            return true;
        if (path[--length] != '/')
            return false;
    }
    return false;
}

bool tmi_fail_rule_matches(const struct tmi_fail_rule *rule, const struct tmi_account *account)
{
    const struct trackmem_place *place = &account->site->place;
    const struct tmi_domain *domain = account->domain;

    if (rule->file[0] != '\0' && (place->file == NULL || !ends_with(place->file, rule->file) ||
                                  (rule->line != 0 && rule->line != place->line)))
        return false;
    while (rule->domain[0] != '\0' && domain != NULL && !is_called(domain, rule->domain))
        domain = domain->parent;
    return domain != NULL;
}
