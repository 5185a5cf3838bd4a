/*
 * The report file cannot be made: told once, and reports go to standard error.
 */
#include "misuse.h"

int main(void)
{
    void *name = trackmem_malloc(48);
    trackmem_aligned_free(hidden(name));
    trackmem_aligned_free(hidden(name));
    trackmem_free(name);
    return 0;
}
