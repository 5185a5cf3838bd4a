/*
 * Strings fill their blocks, the ending 0 included.
 */
#include <string.h>

#include "../misuse.h"

int main(void)
{
    for (size_t length = 0; length < 200; length++) {
        char *text = trackmem_malloc(length + 1);

        memset(text, 'x', length);
        text[length] = '\0';
        if (strlen(hidden(text)) != length)
            return 1;
        trackmem_free(text);
    }
    return 0;
}
