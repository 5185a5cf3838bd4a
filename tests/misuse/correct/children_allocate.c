/*
 * Children of a fork allocate, free and resize, as does the parent.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "../misuse.h"

int main(void)
{
    char *block = trackmem_malloc(100);

    for (int i = 0; i < 5; i++) {
        pid_t child = fork();
        int status = 0;

        block = trackmem_realloc(block, 100 + (size_t)i);
        trackmem_free(trackmem_malloc(1000));
        if (child == 0) {
            trackmem_free(block);
            return 0;
        }
        waitpid(child, &status, 0);
        if (status != 0)
            return 1;
    }
    trackmem_free(block);
    return 0;
}
