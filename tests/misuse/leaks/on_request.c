/*
 * Leaks are looked for while the program goes on.
 */
#include "lose.h"

static void load(void)
{
    (void)hidden(trackmem_malloc(60));
}

int main(void)
{
    void *kept = trackmem_malloc(10);

    if (trackmem_check_leaks() != 0)
        return 1;
    far_down(load);
    if (trackmem_check_leaks() != 1)
        return 2;
    trackmem_free(kept);
    return 0;
}
