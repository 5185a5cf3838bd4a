/*
 * A string is copied into a block that has no room for its end.
 */
#include "../misuse.h"

int main(void)
{
    const volatile char *word = (const volatile char *)hidden("sixteen letters!");
    volatile char *block = (volatile char *)hidden(trackmem_malloc(16));
    size_t i = 0;

    do
        block[i] = word[i];
    while (word[i++] != '\0');
    trackmem_free((void *)block);
    return 0;
}
