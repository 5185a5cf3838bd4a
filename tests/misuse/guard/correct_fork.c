/*
 * A correct program: a fork's child goes on with its parent's blocks.
 */
#include "../misuse.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    void *blocks[100];

    for (int i = 0; i < 100; ++i)
        blocks[i] = memset(trackmem_malloc(96), 1, 96);
    if (fork() != 0)
        (void)wait(NULL);
    for (int i = 0; i < 100; ++i) {
        blocks[i] = memset(trackmem_realloc(blocks[i], 200), 2, 200);
        trackmem_free(blocks[i]);
    }
    return 0;
}
