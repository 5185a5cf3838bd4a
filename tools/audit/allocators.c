/*
 * audit/allocators.c: see allocators.h.
 */
#include "audit/allocators.h"

#include <fnmatch.h>
#include <string.h>

#include "base/text.h"

static const struct allocator {
    enum tmt_group group;
    bool prefix;
    const char *name;
    const char *mend;
} allocators[] = {
#define TMT_ALLOCATOR(group, name, mend)        { TMT_GROUP_##group, false, name, mend },
#define TMT_ALLOCATOR_PREFIX(group, name, mend) { TMT_GROUP_##group, true, name, mend },
#include "audit/allocators.def"
    { TMT_GROUP_UNSEEN, false, TMT_SYMBOL_BITCODE,
      "compile with -ffat-lto-objects, or audit what "
      "the link makes of it" },
    { TMT_GROUP_UNSEEN, false, TMT_SYMBOL_LINKED, "audit the objects it was linked from" },
};

/* trackmem_libc_* are the named escapes to the C library: neither through trackmem nor raw. */
static const char *const verbs[] = {
    "trackmem_*alloc*",   "trackmem_*free*",     "trackmem_*strdup*",
    "trackmem_*strndup*", "trackmem_*asprintf*", "trackmem_*memdup*",
};
static const char escapes[] = "trackmem_libc_*";

/* Patterns of --through; read by the worker too, which is forked afterwards. */
static struct {
    const char *patterns[16];
    size_t count;
} through;

bool tmt_allocator_add_through(const char *pattern)
{
    if (through.count == sizeof(through.patterns) / sizeof(through.patterns[0]))
        return false;
    through.patterns[through.count++] = pattern;
    return true;
}

const char *tmt_group_name(enum tmt_group group)
{
    static const char *const names[TMT_GROUP_COUNT] = { "none",        "through", "direct",
                                                        "duplicating", "hidden",  "operator",
                                                        "unseen" };

    return names[group];
}

const char *tmt_group_about(enum tmt_group group)
{
    static const char *const abouts[TMT_GROUP_COUNT] = {
        "not about allocation",
        "goes through trackmem",
        "calls the system's allocator",
        "makes a copy by the system's allocator",
        "allocates by the system's allocator on the way",
        "calls the C++ run-time's operators new or delete",
        "cannot be looked into",
    };

    return abouts[group];
}

static const struct allocator *find(const char *name)
{
    for (size_t i = 0; i < sizeof(allocators) / sizeof(allocators[0]); i++) {
        const struct allocator *a = &allocators[i];

        if (a->prefix ? strncmp(name, a->name, strlen(a->name)) == 0 : strcmp(name, a->name) == 0)
            return a;
    }
    return NULL;
}

static bool begins(const char *string, const char *with)
{
    return strncmp(string, with, strlen(with)) == 0;
}

static void cut(char *name, size_t size, const char *from, size_t length)
{
    struct tmi_text text;

    tmi_text_init(&text, name, size);
    tmi_text_add_bytes(&text, from, length);
}

enum tmt_group tmt_allocator_find(const char *symbol, bool underscored, char *name, size_t size,
                                  const char **mend)
{
    const struct allocator *found;
    size_t length;

    *mend = "";
    if (begins(symbol, "__imp_"))
        symbol += strlen("__imp_");
    if (underscored && symbol[0] == '_')
        symbol++;
    /* In Microsoft's mangling '@' is a letter like any other. */
    length = symbol[0] == '?' ? strlen(symbol) : strcspn(symbol, "@");
    cut(name, size, symbol, length);
    found = find(name);
    if (found == NULL && begins(symbol, "__") && length > 6 &&
        strncmp(symbol + length - 4, "_chk", 4) == 0) {
        char plain[64];

        cut(plain, sizeof(plain), symbol + 2, length - 6);
        found = find(plain);
        if (found != NULL)
            cut(name, size, symbol + 2, length - 6);
    }
    if (found != NULL) {
        *mend = found->mend;
        return found->group;
    }
    for (size_t i = 0; i < through.count; i++)
        if (fnmatch(through.patterns[i], name, 0) == 0)
            return TMT_GROUP_THROUGH;
    if (!begins(name, "trackmem_") || fnmatch(escapes, name, 0) == 0)
        return TMT_GROUP_NONE;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (fnmatch(verbs[i], name, 0) == 0)
            return TMT_GROUP_THROUGH;
    return TMT_GROUP_NONE;
}
