/*
 * A block is written behind its end, and then resized.
 */
#include "../misuse.h"

int main(void)
{
    char *list = hidden(trackmem_malloc(20));

    ((volatile char *)list)[20] = 1;
    list = trackmem_realloc(hidden(list), 4000);
    trackmem_free(list);
    return 0;
}
