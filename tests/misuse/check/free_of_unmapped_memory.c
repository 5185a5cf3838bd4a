/*
 * A pointer that leads nowhere is freed: it is not followed.
 */
#include "../misuse.h"

int main(void)
{
    trackmem_free(hidden((void *)(uintptr_t)0x10));
    return 0;
}
