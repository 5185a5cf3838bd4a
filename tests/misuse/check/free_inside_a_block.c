/*
 * A pointer into the middle of a large block is freed.
 */
#include "../misuse.h"

int main(void)
{
    char *frame = hidden(trackmem_malloc(100000));

    trackmem_free(hidden((char *)hidden(frame) + 50000));
    trackmem_free(frame);
    return 0;
}
