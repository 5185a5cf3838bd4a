/*
 * An overrun by one byte, in a function that is inlined even without optimisation; where a guard
 * page stands behind the block it is a fault. The names of its lines are asked for by run.py.
 */
#include <string.h>
#include <trackmem/trackmem.h>

struct list {
    char *text;
};

static inline __attribute__((__always_inline__)) char *copy(const char *text)
{
    volatile size_t length = strlen(text);
    char *made = trackmem_malloc(length); /* line: copy */

    for (size_t i = 0; i <= length; ++i)      /* one too many */
        ((volatile char *)made)[i] = text[i]; /* line: write */
    return made;
}

__attribute__((__noinline__)) static void load(struct list *list, const char *text)
{
    list->text = copy(text); /* line: load */
}

__attribute__((__noinline__)) static void finish(struct list *list)
{
    trackmem_free(list->text); /* line: finish */
    list->text = NULL;
}

int main(void)
{
    struct list list;

    load(&list, "a text"); /* line: main loads */
    finish(&list);         /* line: main finishes */
    return list.text != NULL;
}
