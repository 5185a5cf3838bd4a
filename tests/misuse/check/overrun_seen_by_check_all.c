/*
 * One of three blocks was written behind its end; all are looked at.
 */
#include "../misuse.h"

int main(void)
{
    char *blocks[3];

    for (int i = 0; i < 3; i++)
        blocks[i] = hidden(trackmem_malloc(24));
    ((volatile char *)blocks[1])[24] = 1;
    trackmem_check_all();
    for (int i = 0; i < 3; i++)
        trackmem_free(blocks[i]);
    return 0;
}
