/*
 * Options that are wrong are named, and the others hold.
 */
#include "misuse.h"

int main(void)
{
    trackmem_free(trackmem_malloc(48));
    return 0;
}
