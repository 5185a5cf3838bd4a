/*
 * audit/model.c: see model.h.
 */
#include "audit/model.h"

#include <string.h>

#include <trackmem/text.h>
#include <trackmem/trackmem.h>

#include "base/sort.h"

void *tmt_grow(void *array, size_t count, size_t *room, size_t element_size)
{
    void *grown;

    if (count < *room)
        return array;
    grown = trackmem_reallocarray(array, *room == 0 ? 8 : 2 * *room, element_size);
    if (grown != NULL)
        *room = *room == 0 ? 8 : 2 * *room;
    return grown;
}

static char *object_name(const char *path, const char *member)
{
    char *name = NULL;

    if (member[0] == '\0')
        return trackmem_strdup(path);
    return trackmem_asprintf(&name, "%s(%s)", path, member) >= 0 ? name : NULL;
}

/* Members are told of their archive, files of their folder. */
static char *folder_name(const char *path, const char *member)
{
    const char *slash = strrchr(path, '/');

    if (member[0] != '\0')
        return trackmem_strdup(path);
    if (slash == NULL)
        return trackmem_strdup(".");
    return trackmem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static void finish_object(struct tmt_object *object)
{
    for (size_t i = 0; i < object->reference_count; i++) {
        trackmem_free(object->references[i].function);
        trackmem_free(object->references[i].symbol);
    }
    trackmem_free(object->references);
    trackmem_free(object->name);
    trackmem_free(object->folder);
    trackmem_free(object->format);
}

struct tmt_object *tmt_audit_add_object(struct tmt_audit *audit, const char *path,
                                        const char *member, const char *format, bool underscored)
{
    struct tmt_object *objects = tmt_grow(audit->objects, audit->object_count, &audit->object_room,
                                          sizeof(*objects));
    struct tmt_object *object;

    if (objects == NULL)
        return NULL;
    audit->objects = objects;
    object = &objects[audit->object_count];
    memset(object, 0, sizeof(*object));
    object->name = object_name(path, member);
    object->folder = folder_name(path, member);
    object->format = trackmem_strdup(format);
    object->underscored = underscored;
    if (object->name == NULL || object->folder == NULL || object->format == NULL) {
        finish_object(object);
        return NULL;
    }
    audit->object_count++;
    return object;
}

bool tmt_audit_add_reference(struct tmt_object *object, const char *function, const char *symbol,
                             size_t count)
{
    struct tmt_reference *references, *reference;
    char bare[512];
    const char *mend;
    enum tmt_group group = tmt_allocator_find(symbol, object->underscored, bare, sizeof(bare),
                                              &mend);

    if (group == TMT_GROUP_NONE)
        return true;
    /* Two symbols may have one bare name: __imp_free and free. */
    for (size_t i = 0; i < object->reference_count; i++) {
        reference = &object->references[i];
        if (strcmp(reference->function, function) == 0 && strcmp(reference->symbol, bare) == 0) {
            reference->count += count;
            return true;
        }
    }
    references = tmt_grow(object->references, object->reference_count, &object->reference_room,
                          sizeof(*references));
    if (references == NULL)
        return false;
    object->references = references;
    reference = &references[object->reference_count];
    memset(reference, 0, sizeof(*reference));
    reference->function = trackmem_strdup(function);
    reference->symbol = trackmem_strdup(bare);
    reference->mend = mend;
    reference->group = group;
    reference->count = count;
    object->reference_count++;
    return reference->function != NULL && reference->symbol != NULL;
}

bool tmt_audit_add_failure(struct tmt_audit *audit, const char *path, const char *member,
                           const char *what)
{
    struct tmt_failure *failures = tmt_grow(audit->failures, audit->failure_count,
                                            &audit->failure_room, sizeof(*failures));

    if (failures == NULL)
        return false;
    audit->failures = failures;
    failures[audit->failure_count].name = object_name(path, member);
    failures[audit->failure_count].what = trackmem_strdup(what);
    audit->failure_count++;
    return failures[audit->failure_count - 1].name != NULL &&
           failures[audit->failure_count - 1].what != NULL;
}

static bool object_before(const void *a, const void *b, const void *user)
{
    (void)user;
    return strcmp(((const struct tmt_object *)a)->name, ((const struct tmt_object *)b)->name) < 0;
}

static bool reference_before(const void *a, const void *b, const void *user)
{
    const struct tmt_reference *one = a, *other = b;
    int order = strcmp(one->function, other->function);

    (void)user;
    return order < 0 || (order == 0 && strcmp(one->symbol, other->symbol) < 0);
}

void tmt_audit_sort(struct tmt_audit *audit)
{
    tmi_sort(audit->objects, audit->object_count, sizeof(*audit->objects), object_before, NULL);
    for (size_t i = 0; i < audit->object_count; i++)
        tmi_sort(audit->objects[i].references, audit->objects[i].reference_count,
                 sizeof(struct tmt_reference), reference_before, NULL);
}

void tmt_audit_finish(struct tmt_audit *audit)
{
    for (size_t i = 0; i < audit->object_count; i++)
        finish_object(&audit->objects[i]);
    trackmem_free(audit->objects);
    for (size_t i = 0; i < audit->failure_count; i++) {
        trackmem_free(audit->failures[i].name);
        trackmem_free(audit->failures[i].what);
    }
    trackmem_free(audit->failures);
    memset(audit, 0, sizeof(*audit));
}

bool tmt_reference_is_raw(const struct tmt_reference *reference)
{
    return reference->group != TMT_GROUP_THROUGH && reference->allowed == NULL;
}

void tmt_coverage_add(struct tmt_coverage *coverage, const struct tmt_object *object)
{
    size_t through = 0, raw = 0;

    for (size_t i = 0; i < object->reference_count; i++) {
        const struct tmt_reference *reference = &object->references[i];

        if (reference->group == TMT_GROUP_THROUGH) {
            through += reference->count;
        } else if (tmt_reference_is_raw(reference)) {
            raw += reference->count;
            coverage->worse += reference->count - reference->known;
        } else {
            coverage->allowed += reference->count;
        }
    }
    coverage->objects++;
    coverage->raw_objects += raw > 0;
    coverage->clean_objects += raw == 0 && through > 0;
    coverage->through += through;
    coverage->raw += raw;
}
