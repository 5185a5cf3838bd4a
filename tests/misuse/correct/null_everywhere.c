/*
 * NULL is freed and resized.
 */
#include "../misuse.h"

int main(void)
{
    trackmem_free(NULL);
    trackmem_aligned_free(NULL);
    trackmem_free(trackmem_realloc(NULL, 10));
    return 0;
}
