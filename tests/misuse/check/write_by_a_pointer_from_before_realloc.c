/*
 * A pointer that realloc made stale is written through.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *first = hidden(trackmem_malloc(24));
    char *list = hidden(trackmem_realloc(hidden((const void *)first), 4000));

    first[1] = 1;
    trackmem_free(list);
    return 0;
}
