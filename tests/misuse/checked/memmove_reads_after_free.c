/*
 * What is moved was freed before.
 */
#include "checked.h"

int main(void)
{
    char to[16];
    char *block = trackmem_calloc(1, 64);

    trackmem_free(block);
    memmove(to, hidden(block + 8), sizeof to);
    return to[0];
}
