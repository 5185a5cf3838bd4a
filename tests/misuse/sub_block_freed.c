/*
 * A sub-block of a ralloc context reaches trackmem_free; so does what ralloc keeps for itself.
 */
#include "misuse.h"

TRACKMEM_DEFINE_DOMAIN(shaders, "shaders", NULL);

struct node {
    struct trackmem_site *site;
    const char *context;
    char rest[48 - 2 * sizeof(void *)];
    char sub_block[72];
};

static bool describe(const void *start, size_t size, const void *ptr,
                     struct trackmem_sub_block *sub_block, void *user)
{
    const struct node *node = start;

    (void)user;
    (void)size;
    sub_block->context = node->context;
    if ((const char *)ptr < node->sub_block)
        return true;
    sub_block->start = node->sub_block;
    sub_block->size = sizeof node->sub_block;
    sub_block->site = node->site;
    return true;
}

int main(void)
{
    const struct trackmem_family_info ralloc = { "ralloc", "ralloc_size", "ralloc_free" };
    trackmem_family family = trackmem_family_register(&ralloc);
    struct node *node = trackmem_family_malloc(family, &shaders, 0, sizeof *node);
    if (trackmem_family_set_describe(family, describe, NULL) != TRACKMEM_OK)
        return 1;
    node->site = TRACKMEM_SITE;
    node->context = "nir_shader";
    trackmem_free(hidden(node->sub_block));
    trackmem_free(hidden(node->rest));
    trackmem_family_free(family, node);
    return 0;
}
