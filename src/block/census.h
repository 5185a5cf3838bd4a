/*
 * block/census.h: all blocks of check mode that there are at one moment, by address: what a search
 * for leaks looks at, and a leak window. Those in quarantine, too: what they hold does not count.
 *
 * Other threads may go on meanwhile: then what they do may be seen or not. Takes no lock but,
 * unless its caller has it, "exact".
 */
#ifndef TMI_BLOCK_CENSUS_H
#define TMI_BLOCK_CENSUS_H

#include "block/record.h"

/* What is found out about a block: tracing.h. */
#define TMI_BLOCK_FREED    1u
#define TMI_BLOCK_ADOPTED  2u
#define TMI_BLOCK_REACHED  4u  /* from the program's memory */
#define TMI_BLOCK_BY_START 8u  /* by a pointer to its first byte */
#define TMI_BLOCK_POINTED  16u /* by another that is lost */
#define TMI_BLOCK_LOST     32u /* and by no other that is lost, but for circles */
#define TMI_BLOCK_LOST_TOO 64u /* with one that pointed there */

struct tmi_census_block {
    uintptr_t start;
    size_t size;
    uint32_t account;
    uint32_t stack; /* of its allocation; 0: not known */
    uint32_t life;  /* of its record, without the pin; 0: adopted */
    uint32_t flags;
};

struct tmi_census {
    size_t pages_bytes; /* of the whole */
    size_t capacity;
    size_t count;
    struct tmi_census_block *blocks; /* by address */
    struct tmi_census_block *spare;  /* as many, to sort with */
};

/* Takes memory for all blocks that there are now, and some more. NULL: there is none. */
struct tmi_census *tmi_census_create(void);
void tmi_census_destroy(struct tmi_census *census);

/*
 * Fills it in. locked: the caller has called tmi_exact_lock_all. False: there are more than it has
 * room for.
 */
bool tmi_census_take(struct tmi_census *census, bool locked);

/* A census that is filled in; NULL: no memory. */
struct tmi_census *tmi_census_now(void);

/* The place of the last block that starts at or below an address; SIZE_MAX: none. */
size_t tmi_census_below(const struct tmi_census *census, uintptr_t address);

/* Whether a block of this census stood in an earlier one. */
bool tmi_census_knows(const struct tmi_census *earlier, const struct tmi_census_block *block);

#endif
