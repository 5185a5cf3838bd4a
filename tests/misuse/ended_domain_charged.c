/*
 * A domain that was destroyed is charged, twice; it is told once.
 */
#include "misuse.h"

int main(void)
{
    struct trackmem_domain *game = trackmem_domain_create(NULL, "game");
    struct trackmem_domain *level = trackmem_domain_create(game, "level 1");
    (void)trackmem_domain_destroy(level);
    trackmem_free(trackmem_malloc_in(level, 3000));
    trackmem_free(trackmem_malloc_in(level, 3000));
    return 0;
}
