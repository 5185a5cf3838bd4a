/*
 * A loop runs down to 16 bytes before a large block, as far as is looked at.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *buffer = hidden(trackmem_malloc(20000));

    for (int i = -1; i >= -16; i--)
        buffer[i] = 'x';
    trackmem_free(hidden((const void *)buffer));
    return 0;
}
