/*
 * A block of no bytes has no first one.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *empty = hidden(trackmem_malloc(0));

    empty[0] = 1;
    trackmem_free(hidden((const void *)empty));
    return 0;
}
