/*
 * Who sets a pointer to NULL at its free may free it again.
 */
#include "../misuse.h"

int main(void)
{
    for (int i = 0; i < 100; i++) {
        void *block = trackmem_malloc(24);

        trackmem_free(block);
        block = NULL;
        trackmem_free(block);
    }
    return 0;
}
