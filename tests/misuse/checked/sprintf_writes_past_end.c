/*
 * A number is longer than somebody thought.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(8);

    sprintf(block, "%d", -12345678);
    trackmem_free(block);
    return 0;
}
