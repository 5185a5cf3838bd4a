/*
 * A freed block reaches trackmem_realloc.
 */
#include "misuse.h"

int main(void)
{
    void *list = trackmem_malloc(48);
    trackmem_free(hidden(list));
    return trackmem_realloc(hidden(list), 96) == NULL ? 0 : 1;
}
