/*
 * Every kind of misuse as JSON, a line each.
 */
#include "misuse.h"

static _Alignas(64) char table[256];

int main(void)
{
    struct trackmem_domain *level = trackmem_domain_create(NULL, "level \"1\"");
    char *text = (char *)trackmem_malloc_in(level, 100);
    void *gone = trackmem_malloc(48);
    trackmem_aligned_free(hidden(text));
    trackmem_free(hidden(text + 32));
    trackmem_free(hidden(table + 64));
    trackmem_free(hidden((void *)(uintptr_t)0x1003));
    trackmem_free(hidden(gone));
    trackmem_free(hidden(gone));
    (void)trackmem_domain_destroy(level);
    trackmem_free(trackmem_malloc_in(level, 1));
    trackmem_free_sized(text, 99);
    return 0;
}
