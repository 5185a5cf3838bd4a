/*
 * A comparison of more than the right block has.
 */
#include "checked.h"

int main(void)
{
    char *left = trackmem_calloc(1, 40);
    char *right = trackmem_calloc(1, 24);
    int same = memcmp(left, right, 40);

    trackmem_free(left);
    trackmem_free(right);
    return same != 0;
}
