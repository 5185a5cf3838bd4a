/*
 * A fork's child reads past the end of a block of its parent.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    if (fork() == 0)
        (void)block[96];
    else
        (void)wait(NULL);
    trackmem_free((void *)block);
    return 0;
}
