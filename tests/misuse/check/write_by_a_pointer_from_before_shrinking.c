/*
 * A resize moves, even one that shrinks: the old pointer is stale.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *first = hidden(trackmem_malloc(64));
    char *list = hidden(trackmem_realloc(hidden((const void *)first), 60));

    first[1] = 1;
    trackmem_free(list);
    return 0;
}
