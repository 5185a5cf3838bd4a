/*
 * Static data reaches trackmem_free.
 */
#include "misuse.h"

static _Alignas(64) char table[256];

int main(void)
{
    trackmem_free(hidden(table + 64));
    return 0;
}
