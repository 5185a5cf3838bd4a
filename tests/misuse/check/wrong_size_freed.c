/*
 * A block of 24 bytes is freed as one of 32.
 */
#include "../misuse.h"

int main(void)
{
    char *name = hidden(trackmem_malloc(24));

    trackmem_free_sized(name, 32);
    return 0;
}
