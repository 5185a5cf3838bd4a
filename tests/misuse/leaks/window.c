/*
 * A leak window reports what it leaked; what was there before, and what was freed, is not told.
 */
#include "lose.h"

int main(void)
{
    void *before = trackmem_malloc(1000);
    struct trackmem_window *window = trackmem_begin();
    void *kept[3];

    for (int i = 0; i < 3; i++)
        kept[i] = trackmem_malloc(10);
    trackmem_free(before);
    before = trackmem_malloc(1000); /* the account held as much then: only the block is new */
    trackmem_free(trackmem_malloc(5));
    (void)trackmem_end_report(window);
    for (int i = 0; i < 3; i++)
        trackmem_free(kept[i]);
    trackmem_free(before);
    (void)trackmem_end_report(trackmem_begin());
    return 0;
}
