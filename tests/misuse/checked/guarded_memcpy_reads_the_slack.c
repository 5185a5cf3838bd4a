/*
 * The block ends before the page does.
 */
#include "checked.h"

int main(void)
{
    char to[16];
    char *block = trackmem_calloc(1, 100);

    memcpy(to, (char *)hidden(block) + 88, sizeof to);
    trackmem_free(block);
    return to[0];
}
