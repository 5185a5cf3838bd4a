/*
 * Not lost: chains of blocks of all sizes, each held by the one before.
 */
#include "lose.h"

struct link {
    struct link *volatile next;
};
static struct link *first;

static void load(void)
{
    static const size_t sizes[] = { 8, 64, 4095, 4096, 8192, 70000, 1 << 20, 40 << 20 };
    struct link *volatile *end = &first;

    for (int i = 0; i < 80; i++) {
        size_t size = sizes[i % 8];
        size_t at = (size - sizeof(struct link)) / 16 * 16; /* the next stands near the end */
        char *block = trackmem_malloc(size);

        *end = (struct link *)(void *)block;
        end = &((struct link *)(void *)(block + at))->next;
        if (i % 8 == 7)
            i += 8;
    }
    *end = NULL;
}

int main(void)
{
    far_down(load);
    return hidden(first) == NULL;
}
