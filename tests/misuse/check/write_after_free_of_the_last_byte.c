/*
 * The last byte of a large block is written after its free.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *frame = hidden(trackmem_malloc(5000));

    trackmem_free(hidden((const void *)frame));
    frame[4999] = 1;
    return 0;
}
