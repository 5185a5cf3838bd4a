/*
 * Somebody wrote below the start of a small block: a byte, a word, all that a header's half is.
 */
#include "misuse.h"

UNSEEN static void overwrite(char *bytes, const char *with, int count)
{
    for (int i = 0; i < count; i++)
        bytes[i] = with[i];
}

UNSEEN static void free_damaged(char *block, int first, int count)
{
    char kept[8];
    for (int i = 0; i < count; i++)
        kept[i] = block[first + i];
    overwrite(block + first, "overflow", count);
    trackmem_free(hidden(block));
    overwrite(block + first, kept, count);
}

int main(void)
{
    char *name = (char *)trackmem_malloc(20);
    free_damaged((char *)hidden(name), -1, 1);
    free_damaged((char *)hidden(name), -4, 4);
    free_damaged((char *)hidden(name), -8, 8);
    free_damaged((char *)hidden(name), -16, 8);
    trackmem_free(name);
    return 0;
}
