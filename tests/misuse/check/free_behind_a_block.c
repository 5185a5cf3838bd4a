/*
 * The end of a block is freed.
 */
#include "../misuse.h"

int main(void)
{
    char *name = hidden(trackmem_malloc(32));

    trackmem_free(hidden((char *)hidden(name) + 32));
    trackmem_free(name);
    return 0;
}
