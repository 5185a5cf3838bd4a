/*
 * Blocks that are alive at the end of a leak window of mesa.h.
 */
#include <trackmem/mesa.h>

#include "misuse.h"

struct state {
    int member[10];
};

int main(void)
{
    unsigned long start = debug_memory_begin();
    struct state *states[3];
    void *tagged = MALLOC(100);
    for (int i = 0; i < 3; i++)
        states[i] = CALLOC_STRUCT(state);
    debug_memory_tag(tagged, 7);
    debug_memory_end(start);
    FREE(tagged);
    for (int i = 0; i < 3; i++)
        FREE(states[i]);
    debug_memory_end(start); /* ended already: nothing */
    start = debug_memory_begin();
    debug_memory_end(start);
    return 0;
}
