/*
 * A huge block is cleared from three bytes before its start on.
 */
#include "../misuse.h"

int main(void)
{
    char *volatile image = trackmem_malloc(100000);

    for (int i = -3; i < 61; ++i)
        image[i] = 0;
    trackmem_free(image);
    return 0;
}
