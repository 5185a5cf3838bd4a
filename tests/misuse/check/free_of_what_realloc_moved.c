/*
 * The pointer from before a realloc is freed.
 */
#include "../misuse.h"

int main(void)
{
    char *list = hidden(trackmem_malloc(24));
    char *moved = hidden(trackmem_realloc(list, 100));

    trackmem_free(hidden(list));
    trackmem_free(moved);
    return 0;
}
