/*
 * The child of a fork frees again what its parent had freed.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "../misuse.h"

int main(void)
{
    char *name = hidden(trackmem_malloc(24));
    int status = 0;

    trackmem_free(name);
    if (fork() == 0) {
        trackmem_free(hidden(name));
        _exit(0);
    }
    wait(&status);
    return 0;
}
