/*
 * A block has grown to 40 bytes; the 41st is written.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *list = hidden(trackmem_realloc(trackmem_malloc(20), 40));

    list[40] = 1;
    trackmem_free(hidden((const void *)list));
    return 0;
}
