/*
 * An old pointer frees the block that stands there now; so its own free is the second.
 */
#include "../misuse.h"

int main(void)
{
    char *old = hidden(trackmem_malloc(24));
    char *name = NULL;

    trackmem_free(hidden(old));
    for (int i = 0; i < 30000 && name != old; i++) {
        trackmem_free(hidden(name));
        name = hidden(trackmem_malloc(24));
    }
    trackmem_free(hidden(old));
    trackmem_free(hidden(name));
    return 0;
}
