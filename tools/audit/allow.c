/*
 * audit/allow.c: see allow.h.
 */
#include "audit/allow.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include <trackmem/text.h>
#include <trackmem/trackmem.h>

#include "cli/complain.h"

/* Ends the word at *rest with NUL and moves behind it and the blanks that follow. */
static const char *take_word(char **rest)
{
    char *word = *rest;

    *rest += strcspn(*rest, " \t");
    if (**rest != '\0')
        *(*rest)++ = '\0';
    *rest += strspn(*rest, " \t");
    return word;
}

static bool add(struct tmt_allow *allow, const char *file, size_t number, const char *line)
{
    struct tmt_allow_entry **entries = tmt_grow(allow->entries, allow->count, &allow->room,
                                                sizeof(struct tmt_allow_entry *));
    struct tmt_allow_entry *entry = trackmem_calloc(1, sizeof(*entry));
    char *rest;

    if (entries != NULL)
        allow->entries = entries;
    if (entry != NULL)
        entry->line = trackmem_strdup(line);
    if (entries == NULL || entry == NULL || entry->line == NULL) {
        trackmem_free(entry);
        tmt_complain("out of memory");
        return false;
    }
    allow->entries[allow->count++] = entry;
    rest = entry->line;
    entry->object = take_word(&rest);
    entry->function = take_word(&rest);
    entry->symbol = take_word(&rest);
    entry->reason = rest;
    entry->file = file;
    entry->line_number = number;
    if (rest[0] != '\0')
        return true;
    tmt_complain("%s:%zu: no reason; write 'OBJECT FUNCTION SYMBOL why it may be'", file, number);
    return false;
}

bool tmt_allow_read(struct tmt_allow *allow, const char *file)
{
    FILE *stream = fopen(file, "re");
    char line[4096];
    bool good = stream != NULL;

    if (stream == NULL) {
        tmt_complain("%s: %s", file, strerror(errno));
        return false;
    }
    for (size_t number = 1; good && fgets(line, sizeof(line), stream) != NULL; number++) {
        const char *start = line + strspn(line, " \t");

        line[strcspn(line, "\r\n")] = '\0';
        if (start[0] != '\0' && start[0] != '#')
            good = add(allow, file, number, start);
    }
    if (good && ferror(stream)) {
        tmt_complain("%s: %s", file, strerror(errno));
        good = false;
    }
    (void)fclose(stream);
    return good;
}

/* A pattern may begin behind any '/' of a path. */
static bool matches_object(const char *pattern, const char *name)
{
    while (name != NULL) {
        if (fnmatch(pattern, name, FNM_NOESCAPE) == 0)
            return true;
        name = strchr(name, '/');
        name = name == NULL ? NULL : name + 1;
    }
    return false;
}

static struct tmt_allow_entry *find(struct tmt_allow *allow, const struct tmt_object *object,
                                    const struct tmt_reference *reference)
{
    for (size_t i = 0; i < allow->count; i++) {
        struct tmt_allow_entry *entry = allow->entries[i];

        if (fnmatch(entry->symbol, reference->symbol, FNM_NOESCAPE) == 0 &&
            fnmatch(entry->function, reference->function, FNM_NOESCAPE) == 0 &&
            matches_object(entry->object, object->name))
            return entry;
    }
    return NULL;
}

void tmt_allow_apply(struct tmt_allow *allow, struct tmt_audit *audit)
{
    for (size_t i = 0; i < audit->object_count; i++) {
        for (size_t j = 0; j < audit->objects[i].reference_count; j++) {
            struct tmt_reference *reference = &audit->objects[i].references[j];
            struct tmt_allow_entry *entry;

            if (reference->group == TMT_GROUP_THROUGH)
                continue;
            entry = find(allow, &audit->objects[i], reference);
            if (entry != NULL)
                entry->used += reference->count;
            reference->allowed = entry;
        }
    }
}

void tmt_allow_finish(struct tmt_allow *allow)
{
    for (size_t i = 0; i < allow->count; i++) {
        trackmem_free(allow->entries[i]->line);
        trackmem_free(allow->entries[i]);
    }
    trackmem_free(allow->entries);
    memset(allow, 0, sizeof(*allow));
}
