/*
 * A block of 40 bytes has shrunk to 20; it is still used as one of 40.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *list = hidden(trackmem_realloc(trackmem_malloc(40), 20));

    list[20] = 1;
    trackmem_free(hidden((const void *)list));
    return 0;
}
