/*
 * block/small.h: the eight bytes before every block of the small profile, and what stands around
 * it. Nobody outside block/ and alloc/ knows them.
 *
 *     plain      | header | block ... | redzone |                     span = header
 *     aligned    | front ... | distance | alignment | header | block ... |   span = front
 *
 *     w0         size:20 (low) | domain:6 | family:4 | state:2 (high)
 *     w1         return address >> 1:20 (low) | check:12 (high)
 *
 * Where TRACKMEM_ALIGNMENT is 16, eight bytes that nobody uses stand before a plain header. No
 * backend is asked for more than TRACKMEM_ALIGNMENT: the span of an aligned block is longer by its
 * alignment. The distance from the span to the block stands before the header, and at the start of
 * the span, where a walk over the spans looks.
 *
 * check is a keyed hash of the address, the first word without its state, and the return address;
 * for an aligned block it is changed by a constant. So a stray word verifies once in 2^11. A freed
 * block still verifies until its bytes are reused.
 */
#ifndef TMI_BLOCK_SMALL_H
#define TMI_BLOCK_SMALL_H

#include <string.h>

#include "account/small.h"
#include "report/report.h"

/*
 * Live or not is the lower bit. A block is born new, and new again when it is resized;
 * trackmem_begin makes all old: a leak window is what is new at its end.
 */
enum tmi_small_state { TMI_SMALL_OLD = 1, TMI_SMALL_NEW = 3 };
#define TMI_SMALL_LIVE_BIT (1u << TMI_SMALL_STATE_SHIFT)

struct tmi_small_header {
    uint32_t w0;
    uint32_t w1;
};

#define TMI_SMALL_DOMAIN_SHIFT 20
#define TMI_SMALL_FAMILY_SHIFT 26
#define TMI_SMALL_SIZE_MAX     0xfffffu
#define TMI_SMALL_STATE_SHIFT  30
#define TMI_SMALL_SITE_MASK    0xfffffu
#define TMI_SMALL_CHECK_SHIFT  20
#define TMI_SMALL_ALIGNED_MARK 0xa5du /* what the check of an aligned block is changed by */
#define TMI_SMALL_PREFIX       ((uint32_t)TRACKMEM_ALIGNMENT) /* of a plain block */

TMI_INLINE uint32_t tmi_small_size(uint32_t w0)
{
    return w0 & TMI_SMALL_SIZE_MAX;
}

TMI_INLINE trackmem_family tmi_small_family(uint32_t w0)
{
    return w0 >> TMI_SMALL_FAMILY_SHIFT & 15;
}

TMI_INLINE struct trackmem_domain *tmi_small_owner(uint32_t w0)
{
    return tmi_small_domain_by_id(w0 >> TMI_SMALL_DOMAIN_SHIFT & 63);
}

/* Of a new block; the domain has that of an empty plain one ready. */
TMI_INLINE uint32_t tmi_small_w0(uint32_t size, trackmem_family family,
                                 const struct trackmem_domain *domain)
{
    return (domain->tag | size) ^ (family ^ TRACKMEM_FAMILY_PLAIN) << TMI_SMALL_FAMILY_SHIFT;
}

TMI_INLINE uint32_t tmi_small_site(const void *return_address)
{
    return (uint32_t)((uintptr_t)return_address >> 1) & TMI_SMALL_SITE_MASK;
}

/* The check, in the upper bits; what stands below them means nothing. site may have more bits. */
TMI_INLINE uint32_t tmi_small_hash(const void *block, uint32_t w0, uint32_t site)
{
    return ((uint32_t)(uintptr_t)block ^ w0 << 2 ^ site << 12) * TRACKMEM_COOKIE_KEY;
}

/* What w1 is to be; the state of w0 does not count. */
TMI_INLINE uint32_t tmi_small_seal(const void *block, uint32_t w0, uint32_t site)
{
    return (tmi_small_hash(block, w0, site) & ~TMI_SMALL_SITE_MASK) | site;
}

/* How a seal differs from the one that is right: 0: plain, TMI_SMALL_ALIGNED_MARK: aligned. */
TMI_INLINE uint32_t tmi_small_difference(const void *block, uint32_t w0, uint32_t w1)
{
    return (w1 ^ tmi_small_hash(block, w0, w1)) >> TMI_SMALL_CHECK_SHIFT;
}

TMI_INLINE struct tmi_small_header *tmi_small_header_of(const void *block)
{
    return (struct tmi_small_header *)((uintptr_t)block - sizeof(struct tmi_small_header));
}

/*
 * A block whose header was read and verified.
 */
struct tmi_small_block {
    void *block;
    uint32_t w0;
    uint32_t w1;
    uint32_t prefix; /* from its span to it */
    uint32_t pad;    /* what it costs more than a plain one: its alignment, or 0 */
};

/* Bytes charged beyond the size. */
TMI_INLINE uint32_t tmi_small_overhead(uint32_t pad)
{
    return pad + TMI_SMALL_PREFIX + TRACKMEM_REDZONE_BYTES;
}

enum tmi_small_verdict {
    TMI_SMALL_LIVE,
    TMI_SMALL_WAS_FREED,
    TMI_SMALL_MISALIGNED, /* nothing was read */
    TMI_SMALL_NOT_A_BLOCK
};

#if TMI_ASAN || TMI_TSAN /* which must not see this read */
struct tmi_small_header tmi_small_words(const void *ptr);
#else
TMI_INLINE struct tmi_small_header tmi_small_words(const void *ptr)
{
    return *tmi_small_header_of(ptr);
}
#endif

/* Whether the words are those of a live plain block of that family at this address. */
TMI_INLINE bool tmi_small_is_plain(const void *ptr, struct tmi_small_header words,
                                   trackmem_family family)
{
    return tmi_small_difference(ptr, words.w0, words.w1) == 0 &&
           (words.w0 >> TMI_SMALL_FAMILY_SHIFT & 31) == (16 | family); /* 16: live */
}

/* Reads the header before ptr, which need not be a block's, and fills *found where it verifies. */
enum tmi_small_verdict tmi_small_read(const void *ptr, struct tmi_small_block *found);

/* Writes what stands around an aligned block; returns it. */
void *tmi_small_make_aligned(void *span, uint32_t w0, uint32_t site, uint32_t alignment);

/* w0 with its state. */
TMI_INLINE void tmi_small_write(void *block, uint32_t w0, uint32_t site)
{
    struct tmi_small_header *header = tmi_small_header_of(block);

    header->w0 = w0;
    header->w1 = tmi_small_seal(block, w0, site);
}

TMI_INLINE void tmi_small_mark_freed(void *block, uint32_t w0)
{
    tmi_small_header_of(block)->w0 = w0 & ~TMI_SMALL_LIVE_BIT;
}

/* The return address whose bits these are, of the code that is nearest to ours. */
const void *tmi_small_address_of_site(uint32_t w1);

/* The redzone behind a block; always whole where TRACKMEM_REDZONE_BYTES is 0. */
void tmi_small_write_redzone(void *block, uint32_t size);
bool tmi_small_redzone_is_whole(const struct tmi_small_block *block);
/* What was written there; the damage is zeroed before. */
void tmi_small_examine_redzone(const struct tmi_small_block *block, struct tmi_damage *damage);

/* Fills what is new of a block, its bytes from there on, and writes the redzone behind them. */
TMI_INLINE void tmi_small_furnish(void *block, uint32_t from, uint32_t size)
{
    if (TRACKMEM_FILL)
        memset((char *)block + from, TRACKMEM_FILL_FRESH, size - from);
    if (TRACKMEM_REDZONE_BYTES != 0)
        tmi_small_write_redzone(block, size);
}

/*
 * The block whose span a region's walk came by, *found if it is TMI_SMALL_LIVE. One that was freed
 * is still on its way to the backend; TMI_SMALL_NOT_A_BLOCK is none of ours.
 */
enum tmi_small_verdict tmi_small_in_span(void *span, size_t size, struct tmi_small_block *found);

/*
 * The graves: what was freed last, one for each address modulo their number; there may be none.
 * bury is called in the critical section.
 */
struct tmi_small_grave {
    const void *block;
    uint32_t w0;
    uint32_t w1;
    const void *freed_at;
};

extern TMI_HIDDEN struct tmi_small_grave tmi_small_graves[TRACKMEM_GRAVES + (TRACKMEM_GRAVES == 0)];

_Static_assert((TRACKMEM_GRAVES & (TRACKMEM_GRAVES - 1)) == 0, "a power of two");

/* Where a block at that address would lie; not to be called where there are none. */
TMI_INLINE struct tmi_small_grave *tmi_small_grave_of(const void *block)
{
    return &tmi_small_graves[(uintptr_t)block / TRACKMEM_ALIGNMENT & (TRACKMEM_GRAVES - 1u)];
}

TMI_INLINE void tmi_small_bury(const void *block, uint32_t w0, uint32_t w1, const void *freed_at)
{
    if (TRACKMEM_GRAVES != 0)
        *tmi_small_grave_of(block) = (struct tmi_small_grave){ block, w0, w1, freed_at };
}

/*
 * What a pointer is that is no live block, by the graves and a walk over the regions; slow.
 */
enum tmi_small_kind {
    TMI_SMALL_IS_FREED,    /* *found is what it was, or all 0 if that is forgotten */
    TMI_SMALL_IS_INTERIOR, /* of the block *found */
    TMI_SMALL_IS_DAMAGED,  /* the start of a block whose header does not verify */
    TMI_SMALL_IS_FOREIGN
};
enum tmi_small_kind tmi_small_judge(const void *ptr, struct tmi_small_block *found,
                                    const void **freed_at);

#endif
