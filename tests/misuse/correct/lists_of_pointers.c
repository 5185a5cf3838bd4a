/*
 * A list of blocks that point at each other is built and torn down.
 */
#include "../misuse.h"

int main(void)
{
    struct node {
        struct node *next;
        char name[20];
    };
    struct node *list = NULL;

    for (int i = 0; i < 1000; i++) {
        struct node *node = trackmem_calloc(1, sizeof *node);

        node->next = list;
        list = node;
    }
    while (list != NULL) {
        struct node *next = list->next;

        trackmem_free(list);
        list = next;
    }
    return 0;
}
