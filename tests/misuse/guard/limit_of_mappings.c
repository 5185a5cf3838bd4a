/*
 * Correct, but a hundred thousand blocks live at once. Where the kernel cannot mark pages as guards
 * (locked memory takes no marks, and from then on none is marked) each takes two mappings, of which
 * a process has 65,530: the rest stands without guard pages, and that is said once.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static long most_mappings(void)
{
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    char line[32] = "";

    if (file != NULL) {
        (void)fgets(line, sizeof line, file);
        (void)fclose(file);
    }
    return strtol(line, NULL, 10);
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
