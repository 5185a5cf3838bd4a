/*
 * A fork's child writes to a block that its parent freed.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_free((void *)block);
    if (fork() == 0)
        block[0] = 1;
    else
        (void)wait(NULL);
    return 0;
}
