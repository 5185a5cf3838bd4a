/*
 * Parent and child of a fork free the same blocks.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "../misuse.h"

int main(void)
{
    char *block = trackmem_malloc(100);
    int status = 0;
    pid_t child = fork();

    block[99] = 1;
    trackmem_free(block);
    if (child == 0)
        return 0;
    waitpid(child, &status, 0);
    if (status != 0)
        return 1;
    return 0;
}
