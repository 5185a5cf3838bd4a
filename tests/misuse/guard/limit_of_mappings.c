/*
 * Correct, but a hundred thousand blocks live at once. Where the kernel cannot mark pages as guards
 * (locked memory takes no marks, and from then on none is marked) each takes two mappings, of which
 * a process has 65,530: the rest stands without guard pages, and that is said once.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <stdio.h>
#include <sys/mman.h>

static long most_mappings(void)
{
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    long most = 0;

    if (file != NULL) {
        if (fscanf(file, "%ld", &most) != 1)
            most = 0;
        (void)fclose(file);
    }
    return most;
}

int main(void)
{
    static char *blocks[100000];
    char *locked = trackmem_malloc(100);

    if (most_mappings() > 65530) {
        printf("skipped: vm.max_map_count was raised\n");
        return 77;
    }
    if (mlock(locked, 1) != 0)
        return 1;
    trackmem_free(locked);
    for (size_t i = 0; i < 100000; i++)
        blocks[i] = trackmem_malloc(i % 100);
    for (size_t i = 0; i < 100000; i++) {
        char *block = blocks[i * 7919 % 100000];

        if (i * 7919 % 100 != 0)
            block[0] = 'x';
        trackmem_free(block);
    }
    return 0;
}
