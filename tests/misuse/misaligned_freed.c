/*
 * A pointer that no allocation returns.
 */
#include "misuse.h"

int main(void)
{
    trackmem_free(hidden((void *)(uintptr_t)0x1003));
    return 0;
}
