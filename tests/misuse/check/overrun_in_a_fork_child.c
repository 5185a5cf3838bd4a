/*
 * The child of a fork writes behind the end of a block of its parent.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        name[24] = 1;
        trackmem_free(hidden((const void *)name));
        _exit(0);
    }
    waitpid(child, &status, 0);
    trackmem_free(hidden((const void *)name));
    return 0;
}
