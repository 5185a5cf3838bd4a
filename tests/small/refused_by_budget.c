/*
 * A task asks for more than its budget has: it is warned, then refused, and goes on.
 */
#include "../misuse/misuse.h"

#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(network, "network", NULL);

static void *receive(void)
{
    void *packet = trackmem_malloc_in(&network, 300);

    return packet;
}

int main(void)
{
    void *packets[3];

    (void)trackmem_domain_set_budget(&network, 500, 800, NULL, NULL);
    for (int i = 0; i < 3; i++)
        packets[i] = receive();
    for (int i = 0; i < 2; i++)
        trackmem_free(packets[i]);
    return packets[2] != NULL;
}
