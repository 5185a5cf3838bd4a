/*
 * A pointer into a block is freed: aligned as a block, and not.
 */
#include "misuse.h"

int main(void)
{
    char *text = (char *)trackmem_malloc(100);
    trackmem_free(hidden(text + 32));
    trackmem_free(hidden(text + 1));
    trackmem_free(text);
    return 0;
}
