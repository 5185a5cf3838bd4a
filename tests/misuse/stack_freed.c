/*
 * A local variable reaches trackmem_free.
 */
#include "misuse.h"

int main(void)
{
    _Alignas(64) char local[256] = { 0 };
    trackmem_free(hidden(local + 64));
    return 0;
}
