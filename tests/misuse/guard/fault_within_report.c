/*
 * The program's misuse handler faults itself: that is said in a line, and the first fault goes on.
 */
#include "../misuse.h"

static void on_misuse(const struct trackmem_misuse *misuse, void *user)
{
    (void)user;
    *(volatile char *)hidden((void *)(uintptr_t)misuse->freed_by) = 1;
}

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_set_misuse_handler(on_misuse, NULL);
    block[96] = 1;
    return 0;
}
