/*
 * A line is copied, and is longer than its target.
 */
#include "checked.h"

int main(void)
{
    char from[] = "a line that is too long\n";
    char *block = trackmem_malloc(16);

    (void)memccpy(block, from, '\n', sizeof from);
    trackmem_free(block);
    return 0;
}
