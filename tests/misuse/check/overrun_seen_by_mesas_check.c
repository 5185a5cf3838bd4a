/*
 * A block was written behind its end; debug_memory_check looks at all.
 */
#include "../misuse.h"

#include <trackmem/mesa.h>

int main(void)
{
    char *block = hidden(MALLOC(24));

    ((volatile char *)block)[24] = 1;
    debug_memory_check();
    FREE(block);
    return 0;
}
