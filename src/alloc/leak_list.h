/*
 * alloc/leak_list.h: blocks put together by class, call site, domain and stack, as a report has
 * them. In our own pages, which go with the list.
 */
#ifndef TMI_ALLOC_LEAK_LIST_H
#define TMI_ALLOC_LEAK_LIST_H

#include "account/snapshot.h"
#include "report/leaks.h"

/*
 * An empty list for so many groups, or TMI_LEAK_GROUPS where there are more: blocks of further ones
 * count in the sums only. NULL: no memory.
 */
#define TMI_LEAK_GROUPS 65536u
struct tmi_leaks *tmi_leaks_create(size_t groups);
void tmi_leaks_destroy(struct tmi_leaks *leaks);

/* One more block of an account. */
void tmi_leaks_add_block(struct tmi_leaks *leaks, enum tmi_leak_class class, uint32_t account,
                         uint32_t stack, size_t size);

/* The live blocks of a site, as a group of their own; none is no group. */
void tmi_leaks_add_site(struct tmi_leaks *leaks, const struct trackmem_site_stats *site);

/* The group of such a block; NULL: there is none, or the list is in order already. */
struct tmi_leak *tmi_leaks_find(const struct tmi_leaks *leaks, enum tmi_leak_class class,
                                uint32_t account, uint32_t stack);

/* Takes out the groups of which no block is left, and puts the rest in order. */
void tmi_leaks_settle(struct tmi_leaks *leaks);

#endif
