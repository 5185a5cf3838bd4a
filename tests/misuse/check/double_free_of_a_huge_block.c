/*
 * A block that is too large for the quarantine is freed twice.
 */
#include "../misuse.h"

int main(void)
{
    char *frame = hidden(trackmem_malloc((size_t)64 << 20));

    trackmem_free(frame);
    trackmem_free(hidden(frame));
    return 0;
}
