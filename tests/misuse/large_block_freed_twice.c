/*
 * A block whose pages have gone back to the system is freed again.
 */
#include "misuse.h"

int main(void)
{
    void *image = trackmem_malloc(64 << 20);
    trackmem_free(hidden(image));
    trackmem_free(hidden(image));
    return 0;
}
