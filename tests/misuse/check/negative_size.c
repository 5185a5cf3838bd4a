/*
 * A length became negative before it was asked for.
 */
#include "../misuse.h"

int main(void)
{
    volatile int length = -3;
    char *text = trackmem_malloc((size_t)length);

    trackmem_free(text);
    return 0;
}
