/*
 * A block is to grow to a length that became negative.
 */
#include "../misuse.h"

int main(void)
{
    volatile int length = -3;
    char *text = trackmem_malloc(10);

    text = trackmem_realloc(text, (size_t)length);
    trackmem_free(text);
    return 0;
}
