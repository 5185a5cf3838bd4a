/*
 * A block stands where a freed one did; its end is overrun.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));
    uintptr_t first = (uintptr_t)name;

    trackmem_free(hidden((const void *)name));
    for (int i = 0; i < 30000; i++) {
        name = hidden(trackmem_malloc(24));
        if ((uintptr_t)name == first)
            break;
        trackmem_free(hidden((const void *)name));
    }
    if ((uintptr_t)name != first) /* then it is another, and lost */
        name = hidden(trackmem_malloc(24));
    name[24] = 'x';
    trackmem_free(hidden((const void *)name));
    return 0;
}
