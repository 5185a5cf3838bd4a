/*
 * Intact blocks pass every look, live and freed.
 */
#include <string.h>

#include "../misuse.h"

int main(void)
{
    char *block = trackmem_malloc(100);
    bool fine;

    memset(block, 1, 100);
    fine = trackmem_check(block) && trackmem_check_all() == 0;
    trackmem_free(block);
    if (!fine || trackmem_check_all() != 0)
        return 1;
    return 0;
}
