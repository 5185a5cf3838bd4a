/*
 * block/small.c: the parts of the small profile's blocks that are not on the path of a plain one:
 * see small.h.
 */
#include "block/small.h"

struct tmi_small_grave tmi_small_graves[TRACKMEM_GRAVES + (TRACKMEM_GRAVES == 0)];

#if TMI_ASAN || TMI_TSAN
TMI_READS_ANYTHING struct tmi_small_header tmi_small_words(const void *ptr)
{
    return *tmi_small_header_of(ptr);
}
#endif

/* Reads what stands before the header of an aligned block; false: that is not to be believed. */
static TMI_READS_ANYTHING bool read_aligned(const uint32_t *block, struct tmi_small_block *found)
{
    found->prefix = block[-4];
    found->pad = block[-3];
    return found->pad > TRACKMEM_ALIGNMENT && (found->pad & (found->pad - 1)) == 0 &&
           (uintptr_t)block % found->pad == 0 && found->prefix >= 2 * sizeof(uint64_t) &&
           found->prefix <= found->pad + TMI_SMALL_PREFIX;
}

TMI_READS_ANYTHING enum tmi_small_verdict tmi_small_read(const void *ptr,
                                                         struct tmi_small_block *found)
{
    const struct tmi_small_header *header = tmi_small_header_of(ptr);
    uint32_t difference;

    if (TMI_UNLIKELY((uintptr_t)ptr % TRACKMEM_ALIGNMENT != 0))
        return TMI_SMALL_MISALIGNED;
    found->block = (void *)(uintptr_t)ptr;
    found->w0 = header->w0;
    found->w1 = header->w1;
    found->prefix = TMI_SMALL_PREFIX;
    found->pad = 0;
    difference = tmi_small_difference(ptr, found->w0, found->w1);
    if (TMI_UNLIKELY(difference != 0)) {
        if (difference != TMI_SMALL_ALIGNED_MARK)
            return TMI_SMALL_NOT_A_BLOCK;
        if (!read_aligned(ptr, found))
            return TMI_SMALL_NOT_A_BLOCK;
    }
    return (found->w0 & TMI_SMALL_LIVE_BIT) != 0 ? TMI_SMALL_LIVE : TMI_SMALL_WAS_FREED;
}

void *tmi_small_make_aligned(void *span, uint32_t w0, uint32_t site, uint32_t alignment)
{
    uintptr_t lowest = (uintptr_t)span + 2 * sizeof(uint64_t);
    uint32_t *block = (uint32_t *)((lowest + alignment - 1) & ~(uintptr_t)(alignment - 1));

    *(uint32_t *)span = block[-4] = (uint32_t)((uintptr_t)block - (uintptr_t)span);
    block[-3] = alignment;
    tmi_small_write(block, w0, site);
    tmi_small_header_of(block)->w1 ^= TMI_SMALL_ALIGNED_MARK << TMI_SMALL_CHECK_SHIFT;
    return block;
}

const void *tmi_small_address_of_site(uint32_t w1)
{
    uintptr_t bits = (uintptr_t)(w1 & TMI_SMALL_SITE_MASK) << 1;
    uintptr_t ours = (uintptr_t)&tmi_small_address_of_site;
    uintptr_t half = (uintptr_t)TMI_SMALL_SITE_MASK + 1;

    return (const void *)(ours - half + ((bits - (ours - half)) & (2 * half - 1)));
}

/* Not one byte value, so that a memset which goes too far is seen. */
static unsigned char redzone_byte(const unsigned char *at)
{
    return (unsigned char)(0xb5u ^ ((uintptr_t)at & 15));
}

void tmi_small_write_redzone(void *block, uint32_t size)
{
    unsigned char *at = (unsigned char *)block + size;

    for (int i = 0; i < TRACKMEM_REDZONE_BYTES; ++i)
        at[i] = redzone_byte(at + i);
}

bool tmi_small_redzone_is_whole(const struct tmi_small_block *block)
{
    const unsigned char *at = (const unsigned char *)block->block + tmi_small_size(block->w0);

    for (int i = 0; i < TRACKMEM_REDZONE_BYTES; ++i)
        if (at[i] != redzone_byte(at + i))
            return false;
    return true;
}

void tmi_small_examine_redzone(const struct tmi_small_block *block, struct tmi_damage *damage)
{
    uint32_t size = tmi_small_size(block->w0);
    const unsigned char *at = block->block;

    for (uint32_t i = size; i < size + TRACKMEM_REDZONE_BYTES; ++i) {
        if (at[i] == redzone_byte(at + i))
            continue;
        if (damage->changed_bytes++ == 0)
            damage->first = (ptrdiff_t)i;
        damage->last = (ptrdiff_t)i;
    }
    for (ptrdiff_t i = damage->first; damage->changed_bytes != 0 && i <= damage->last &&
                                      damage->found_bytes < sizeof damage->found;
         ++i)
        damage->found[damage->found_bytes++] = at[i];
}

enum tmi_small_verdict tmi_small_in_span(void *span, size_t size, struct tmi_small_block *found)
{
    uint32_t prefix = *(const uint32_t *)span;
    enum tmi_small_verdict plain;

    if (size < TMI_SMALL_PREFIX)
        return TMI_SMALL_NOT_A_BLOCK;
    plain = tmi_small_read((const char *)span + TMI_SMALL_PREFIX, found);
    if (plain == TMI_SMALL_LIVE && found->pad == 0)
        return plain;
    if (prefix >= 2 * sizeof(uint64_t) && prefix < size) {
        enum tmi_small_verdict aligned = tmi_small_read((const char *)span + prefix, found);

        if (aligned <= TMI_SMALL_WAS_FREED && found->prefix == prefix)
            return aligned;
    }
    return plain == TMI_SMALL_WAS_FREED ? plain : TMI_SMALL_NOT_A_BLOCK;
}
