/*
 * The next one is read before its node is freed.
 */
#include "../misuse.h"

struct node {
    struct node *next;
    char payload[20];
};

int main(void)
{
    struct node *first = NULL;

    for (int i = 0; i < 1000; i++) {
        struct node *node = TRACKMEM_NEW(struct node);

        node->next = first;
        first = node;
    }
    while (first != NULL) {
        struct node *next = first->next;

        trackmem_free(first);
        first = next;
    }
    return 0;
}
