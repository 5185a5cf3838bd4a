/*
 * audit/baseline.c: see baseline.h. JSON by jansson.
 */
#include "audit/baseline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <trackmem/text.h>
#include <trackmem/trackmem.h>

#include "cli/complain.h"

static const char version_key[] = "trackmem_audit_baseline";

/* The objects of a baseline file, borrowed from *root; NULL: it has complained. */
static json_t *load(const char *file, json_t **root)
{
    json_error_t error;
    json_t *objects;

    *root = NULL;
    if (access(file, R_OK) != 0) {
        tmt_complain("%s: %s%s", file, strerror(errno),
                     errno == ENOENT ? "; --update-baseline makes it" : "");
        return NULL;
    }
    *root = json_load_file(file, 0, &error);
    if (*root == NULL) {
        tmt_complain("%s:%d: %s; remove it and --update-baseline makes a new one", file, error.line,
                     error.text);
        return NULL;
    }
    objects = json_object_get(*root, "objects");
    if (json_integer_value(json_object_get(*root, version_key)) == 1 && json_is_object(objects))
        return objects;
    tmt_complain("%s: not a baseline of 'trackmem audit' in version 1", file);
    json_decref(*root);
    *root = NULL;
    return NULL;
}

/* What an object has now: raw references by symbol. NULL: memory ran out. */
static json_t *count_symbols(const struct tmt_object *object)
{
    json_t *symbols = json_object();

    for (size_t i = 0; symbols != NULL && i < object->reference_count; i++) {
        const struct tmt_reference *reference = &object->references[i];
        json_int_t before;

        if (!tmt_reference_is_raw(reference))
            continue;
        before = json_integer_value(json_object_get(symbols, reference->symbol));
        if (json_object_set_new(symbols, reference->symbol,
                                json_integer(before + (json_int_t)reference->count)) != 0) {
            json_decref(symbols);
            return NULL;
        }
    }
    return symbols;
}

static bool differs(json_t *recorded, json_t *now)
{
    const char *symbol;
    json_t *count;

    json_object_foreach(recorded, symbol,
                        count) if (json_integer_value(count) >
                                   json_integer_value(json_object_get(now, symbol))) return true;
    return false;
}

/* Spreads what the baseline allows of each symbol over the references to it. */
static void spread(struct tmt_object *object, json_t *recorded)
{
    for (size_t i = 0; i < object->reference_count; i++) {
        struct tmt_reference *reference = &object->references[i];
        json_t *left = json_object_get(recorded, reference->symbol);
        json_int_t known = json_integer_value(left);

        if (!tmt_reference_is_raw(reference) || known <= 0)
            continue;
        if ((size_t)known > reference->count)
            known = (json_int_t)reference->count;
        reference->known = (size_t)known;
        (void)json_integer_set(left, json_integer_value(left) - known);
    }
}

bool tmt_baseline_apply(struct tmt_audit *audit, const char *file, bool *less)
{
    json_t *root;
    json_t *objects = load(file, &root);

    *less = false;
    if (objects == NULL)
        return false;
    for (size_t i = 0; i < audit->object_count; i++) {
        json_t *recorded = json_object_get(objects, audit->objects[i].name);
        json_t *now = recorded == NULL ? NULL : count_symbols(&audit->objects[i]);

        if (recorded == NULL)
            continue;
        *less |= now != NULL && differs(recorded, now);
        json_decref(now);
        spread(&audit->objects[i], recorded);
    }
    json_decref(root);
    return true;
}

/* The lesser of both counts for each symbol of recorded. */
static void keep_lesser(json_t *recorded, json_t *now)
{
    const char *symbol;
    void *next;
    json_t *count;

    json_object_foreach_safe(recorded, next, symbol, count)
    {
        json_int_t current = json_integer_value(json_object_get(now, symbol));

        if (current == 0)
            (void)json_object_del(recorded, symbol);
        else if (current < json_integer_value(count))
            (void)json_integer_set(count, current);
    }
}

/* The file of an object's name: without "(member)". */
static bool file_exists(const char *name)
{
    size_t length = strlen(name);
    const char *member = length > 0 && name[length - 1] == ')' ? strchr(name, '(') : NULL;
    char *path = trackmem_strndup(name, member != NULL ? (size_t)(member - name) : length);
    bool exists = path == NULL || access(path, F_OK) == 0;

    trackmem_free(path);
    return exists;
}

static bool update(json_t *objects, const struct tmt_audit *audit, bool is_new)
{
    const char *name;
    void *next;
    json_t *recorded;

    for (size_t i = 0; i < audit->object_count; i++) {
        const struct tmt_object *object = &audit->objects[i];
        json_t *now = count_symbols(object);

        if (now == NULL)
            return false;
        recorded = json_object_get(objects, object->name);
        if (recorded != NULL)
            keep_lesser(recorded, now);
        else if (is_new && json_object_set(objects, object->name, now) != 0)
            return false;
        json_decref(now);
    }
    json_object_foreach_safe(objects, next, name, recorded) if (json_object_size(recorded) == 0 ||
                                                                !file_exists(name))(void)
        json_object_del(objects, name);
    return true;
}

/* By a file beside it, so that a full disk leaves the old one. */
static bool save(json_t *root, const char *file)
{
    char *beside = NULL;
    bool saved = trackmem_asprintf(&beside, "%s.new", file) >= 0 &&
                 json_dump_file(root, beside, JSON_INDENT(2) | JSON_SORT_KEYS) == 0 &&
                 rename(beside, file) == 0;

    if (!saved) {
        tmt_complain("%s: could not write it: %s", file, strerror(errno));
        if (beside != NULL)
            (void)unlink(beside);
    }
    trackmem_free(beside);
    return saved;
}

bool tmt_baseline_update(const struct tmt_audit *audit, const char *file)
{
    bool is_new = access(file, F_OK) != 0 && errno == ENOENT;
    json_t *root, *objects;
    bool updated;

    if (is_new) {
        root = json_pack("{s:i, s:{}}", version_key, 1, "objects");
        objects = json_object_get(root, "objects");
    } else {
        objects = load(file, &root);
        if (objects == NULL)
            return false;
    }
    updated = objects != NULL && update(objects, audit, is_new);
    if (!updated)
        tmt_complain("out of memory");
    updated = updated && save(root, file);
    json_decref(root);
    return updated;
}
