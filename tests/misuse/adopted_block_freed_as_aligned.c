/*
 * An adopted block of the C library reaches trackmem_aligned_free.
 */
#include "misuse.h"

int main(void)
{
    void *line = trackmem_libc_malloc(120);
    if (trackmem_adopt(line, 120) != TRACKMEM_OK)
        return 1;
    trackmem_aligned_free(hidden(line));
    trackmem_free(line);
    return 0;
}
