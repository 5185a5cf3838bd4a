/*
 * A block with a span of its own is written 15 bytes behind its end, where redzones are as narrow
 * as can be asked for.
 */
#include "../misuse.h"

#include <stdio.h>

int main(void)
{
    size_t size = 65536;
    volatile char *frame;

    if (TRACKMEM_ALIGNMENT < 16) {
        puts("skipped: no redzone is that wide here");
        return 77;
    }
    frame = hidden(trackmem_malloc(size));
    frame[size + 15] = 1;
    trackmem_free(hidden((const void *)frame));
    return 0;
}
