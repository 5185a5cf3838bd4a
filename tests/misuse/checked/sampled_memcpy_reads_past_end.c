/*
 * A block that is sampled is read beyond its end.
 */
#include "checked.h"

int main(void)
{
    char to[16];
    char *block = trackmem_calloc(1, 100);

    memcpy(to, (char *)hidden(block) + 90, 11);
    trackmem_free(block);
    return to[0];
}
