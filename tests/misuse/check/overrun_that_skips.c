/*
 * The byte right behind the block stays: the fourth behind it is written.
 */
#include "../misuse.h"

int main(void)
{
    volatile unsigned char *pixels = hidden(trackmem_malloc(100));

    pixels[104] = 255;
    trackmem_free(hidden((const void *)pixels));
    return 0;
}
