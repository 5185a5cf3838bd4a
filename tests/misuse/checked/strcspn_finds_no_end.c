/*
 * A line is measured that has no end.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(16);
    size_t length;

    memset(block, 'x', 16);
    length = strcspn(block, "\r\n");
    trackmem_free(block);
    return length == 0;
}
