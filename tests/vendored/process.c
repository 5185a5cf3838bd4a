/*
 * One process of many copies: one_ and two_, of another version, are linked into the program, each
 * under its prefix; the program itself uses the shared library; a module has none (disabled), and
 * one brings a third copy. Each counts its own, and a block freed in the wrong copy is named with
 * both.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trackmem/observe.h>

struct component {
    const char *name;
    void *(*make)(size_t size);
    void (*free)(void *ptr);
    int (*live)(void);
    void (*watch)(trackmem_misuse_fn *fn);
};

#define DECLARE(component)               \
    void *component##_make(size_t size); \
    void component##_free(void *ptr);    \
    int component##_live(void);          \
    void component##_watch(trackmem_misuse_fn *fn);
DECLARE(one)
DECLARE(two)
DECLARE(program)
#define COMPONENT_OF(name, copy)                                  \
    {                                                             \
        copy, name##_make, name##_free, name##_live, name##_watch \
    }

static char report[4096];
static int reports;

static void note(const struct trackmem_misuse *misuse, void *user)
{
    (void)user;
    (void)snprintf(report, sizeof report, "%s", misuse->text);
    reports++;
}

static void need(int condition, const char *what)
{
    if (!condition) {
        printf("failed: %s\n%s\n", what, report);
        exit(1);
    }
}

static void load(struct component *component, const char *path, const char *name, const char *copy)
{
    static const char *const verbs[] = { "make", "free", "live", "watch" };
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *found[4];
    char symbol[64];

    need(module != NULL, path);
    for (int i = 0; i < 4; i++) {
        (void)snprintf(symbol, sizeof symbol, "%s_%s", name, verbs[i]);
        found[i] = dlsym(module, symbol);
        need(found[i] != NULL, symbol);
    }
    component->name = copy;
    memcpy(&component->make, &found[0], sizeof found[0]);
    memcpy(&component->free, &found[1], sizeof found[0]);
    memcpy(&component->live, &found[2], sizeof found[0]);
    memcpy(&component->watch, &found[3], sizeof found[0]);
}

/* What one made and another frees is named with both copies, and stays with its own. */
static void cross(const struct component *maker, const struct component *other, size_t size)
{
    void *block = maker->make(size);

    reports = 0;
    report[0] = '\0';
    other->free(block);
    need(reports == 1, "one report");
    need(strstr(report, "other copy") != NULL, "as of another copy");
    need(strstr(report, maker->name) != NULL, maker->name);
    need(strstr(report, other->name) != NULL, other->name);
    need(maker->live() == 1 && other->live() == 0, "it is still the maker's");
    maker->free(block);
    need(maker->live() == 0 && reports == 1, "it can be freed there");
}

int main(int argc, char **argv)
{
    struct component components[] = {
        COMPONENT_OF(one, "(one_)"),
        COMPONENT_OF(two, "trackmem 0.77.0 (two_)"),
        COMPONENT_OF(program, "libtrackmem.so"),
        { 0 },
    };
    struct component disabled;
    void *block;

    need(argc == 3, "two modules are named");
    load(&components[3], argv[1], "three", "(three_) of three.so");
    load(&disabled, argv[2], "disabled", "");
    for (int i = 0; i < 4; i++)
        components[i].watch(note);
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 4; k++)
            if (i != k)
                for (size_t size = 1; size < 1000000; size *= 50)
                    cross(&components[i], &components[k], size);
    }
    /* The disabled one has the C library's blocks, and nobody else's. */
    need(disabled.live() == -1, "the disabled one counts nothing");
    block = disabled.make(100);
    reports = 0;
    components[0].free(block);
    need(reports == 1 && strstr(report, "foreign pointer") != NULL, "its blocks are foreign");
    disabled.free(block);
    puts("process: ok");
    return 0;
}
