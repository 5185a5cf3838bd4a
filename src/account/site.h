/*
 * account/site.h: the places that allocate, told apart by what they are called, not by the object
 * file they stand in.
 */
#ifndef TMI_ACCOUNT_SITE_H
#define TMI_ACCOUNT_SITE_H

#include "trackmem/observe.h"

/*
 * A place, copied; lives as long as the process. Only the chains change after publication.
 */
struct tmi_site {
    struct trackmem_place place;
    uint32_t id; /* 0 is the site "other" */
    uint32_t hash;
    struct tmi_site *next;           /* in its bucket */
    struct tmi_site_handle *handles; /* what trackmem_site_at gave out for this place */
};

/* The site that stands for all that could not be told apart. */
extern struct tmi_site tmi_site_other;

/*
 * The site of a descriptor, interned on first use. Never NULL: "other" when our memory ran out.
 * Takes the lock "names" on first use.
 */
struct tmi_site *tmi_site_of(struct trackmem_site *descriptor);

/* The site of that number, which tmi_site_of gave; 0 is the site "other". */
struct tmi_site *tmi_site_by_id(uint32_t id);

/* A descriptor for a call of which only the return address is known: named by its module
 * and the offset in it. */
struct trackmem_site *tmi_site_handle_of_address(const void *address);

/* A descriptor made at run time; see trackmem_site_at. */
struct trackmem_site *tmi_site_handle(const char *file, uint32_t line, const char *function,
                                      struct trackmem_domain *domain);

/* A descriptor of a site that is known, in no domain. Takes "names" on first use. */
struct trackmem_site *tmi_site_handle_of_site(struct tmi_site *site);

/*
 * The place of a descriptor that may belong to an unloaded module, or be no descriptor at all:
 * false if it can't be read. The texts are those of the module, not copies.
 */
bool tmi_site_place_if_readable(const struct trackmem_site *descriptor,
                                struct trackmem_place *place);

#endif
