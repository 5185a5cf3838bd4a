/*
 * Blocks are lost, and nothing is left to look for them with.
 */
#include <sys/resource.h>

#include "lose.h"
#include "trackmem/observe.h"

int main(void)
{
    struct rlimit limit = { 1 << 20, 1 << 20 };

    for (int i = 0; i < 100; ++i)
        (void)hidden(trackmem_malloc(50));
    (void)setrlimit(RLIMIT_AS, &limit);
    (void)trackmem_check_leaks();
    return 0;
}
