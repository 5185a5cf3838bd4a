/*
 * Not lost: what the last words of a terabyte point to, of which two pages were ever written
 * (a sanitizer's shadow is like that). To look through them must not take forever.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "lose.h"

static void *volatile *words;
static size_t count = (size_t)1 << (sizeof(void *) > 4 ? 37 : 24); /* a sanitizer leaves less */

static void load(void)
{
    words[0] = trackmem_malloc(10);
    words[count - 1] = trackmem_malloc(20);
}

int main(void)
{
    while ((words = mmap(NULL, count * sizeof *words, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) == MAP_FAILED &&
           count > 1 << 20)
        count /= 2;
    if (words == MAP_FAILED)
        return 1;
    far_down(load);
    return hidden(words[0]) == NULL;
}
