/* A user's program: built by pkg-config, and by Meson with trackmem as a subproject. */
#include <stdio.h>
#include <trackmem/trackmem.h>

int main(void)
{
    int *numbers = (int *)trackmem_calloc(4, sizeof *numbers);
    if (!numbers || numbers[3] != 0)
        return 1;
    trackmem_free(numbers);
    puts("user: ok");
    return 0;
}
