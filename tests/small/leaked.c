/*
 * Two lines are forgotten between the beginning and the end of a window; what is older is not.
 */
#include "../misuse/misuse.h"

static char *write_line(size_t size)
{
    char *line = trackmem_malloc(size);

    line[0] = '\0';
    return line;
}

int main(void)
{
    void *older = trackmem_malloc(100);
    struct trackmem_window *window = trackmem_begin();

    (void)write_line(30);
    (void)write_line(40);
    trackmem_free(write_line(50));
    (void)trackmem_end(window, NULL, NULL);
    trackmem_free(older);
    return 0;
}
