/*
 * With misuse=abort the program ends after the report.
 */
#include "misuse.h"

int main(void)
{
    void *name = trackmem_malloc(48);
    trackmem_aligned_free(hidden(name));
    trackmem_free(name);
    return 0;
}
