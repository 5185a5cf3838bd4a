/*
 * A block is freed twice, with others freed in between.
 */
#include "../misuse.h"

int main(void)
{
    char *name = hidden(trackmem_malloc(24));

    trackmem_free(name);
    for (int i = 0; i < 100; i++)
        trackmem_free(hidden(trackmem_malloc(24)));
    trackmem_free(hidden(name));
    return 0;
}
