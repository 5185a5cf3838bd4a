/*
 * trackmem/small_format.h: the frames in which the small profile reports, for who writes a reader.
 *
 * A stream is a sequence of frames with anything, or nothing, between them:
 *
 *     0xF5 0x74 | version | type | sequence | size | payload (size bytes) | CRC-32 (4 bytes)
 *
 * all single bytes but payload and CRC. The CRC is that of zlib (reflected, 0xEDB88320), little
 * endian, over version to payload. A reader looks for the two marks, takes what has a right CRC,
 * and goes on after it; after one byte where it has not. The sequence counts frames: 0 is the first
 * after a reset, and 1 comes after 255. A step by more than 1 tells how many were lost. A frame
 * that is the one before once more, to the byte, was sent twice, unless it is a 0. A reader skips
 * types that it does not know, and ignores what follows the fields that it knows; it refuses a
 * version above its own.
 *
 * Fields stand one after the other; where a frame has fewer, the others are 0 and "":
 *     number   LEB128: seven bits a byte, the lowest first, the high bit set but in the last
 *     text     its length in bytes, a number, and the bytes
 *     bytes    as a text, of any value
 *     address  a number: where the firmware runs; its symbols are those of the ELF file, moved by
 *              what lies between `anchor` and the file's symbol trackmem_small_anchor (0 on bare
 *              metal). A return address: what was called from lies before it. That of a block's
 *              site has its low bit cut off, so it is that or one more
 *     place    an address; 0: not known
 *     domain   a number, which a DOMAIN frame of the same report names; 0 is the process
 *
 * A report is what lies between BEGIN and END. It is cut off where another BEGIN, or the end of the
 * stream, comes before its END, and incomplete where END counts more frames than there were.
 * MISUSE and EVENT stand by themselves, in a report or not, and carry the path of their domain.
 */
#ifndef TRACKMEM_SMALL_FORMAT_H
#define TRACKMEM_SMALL_FORMAT_H

#define TRACKMEM_SMALL_MARK_1      0xF5
#define TRACKMEM_SMALL_MARK_2      0x74
#define TRACKMEM_SMALL_VERSION     1
#define TRACKMEM_SMALL_HEAD_BYTES  6
#define TRACKMEM_SMALL_TAIL_BYTES  4
#define TRACKMEM_SMALL_FRAME_BYTES 192 /* the longest frame; texts are cut to fit */

enum trackmem_small_frame {
    /* number misuse count | address anchor | number header bytes | text version of the library |
     * bytes of the program's build-id, where its linker script says where that is
     * (trackmem_small_build_id: docs/porting.md) */
    TRACKMEM_SMALL_BEGIN = 1,
    /* domain | domain parent | text name | numbers: live blocks, live bytes, blocks ever, charged,
     * peak, soft limit, hard limit, refused, failures (trackmem/domain.h); parents come first, and
     * the process is its own */
    TRACKMEM_SMALL_DOMAIN = 2,
    /* text name | domain | domain it charges now */
    TRACKMEM_SMALL_TASK = 3,
    /* address of the buffer | numbers: size, used, used blocks, high water, free blocks, largest
     * free, damages, all as in trackmem_region_figures */
    TRACKMEM_SMALL_REGION = 4,
    /* place | domain | number of live blocks | their bytes; each pair of both once */
    TRACKMEM_SMALL_SITE = 5,
    /* number of the frames from BEGIN to here, both counted | 1 (0: the blocks could not be walked,
     * and there are no SITE frames) */
    TRACKMEM_SMALL_END = 6,
    /* number of the kind (enum trackmem_misuse_kind) | text its stable identifier | text verb |
     * address of the pointer | address of the block, 0: not known | number size | number offset of
     * the pointer in the block, doubled, and less 1 if negative | text family of the block | text
     * family of the verb | text path of the domain | place of the call | place allocated | place
     * freed before | number, of a wrong size: what was claimed; of an overrun: the bytes that
     * changed, from the offset on; of a domain's leak: its live blocks | bytes that were found
     * there, of an overrun */
    TRACKMEM_SMALL_MISUSE = 7,
    /* number of the event | text path of the domain | number bytes | place of the call; where left
     * behind by a site, that of the allocation | number blocks, of what is left behind */
    TRACKMEM_SMALL_EVENT = 8
};

enum trackmem_small_event {
    TRACKMEM_SMALL_SOFT_CROSSED = 1,       /* the soft limit of the domain was */
    TRACKMEM_SMALL_REFUSED_BY_BUDGET = 2,  /* the hard limit of the domain */
    TRACKMEM_SMALL_REFUSED_BY_BACKEND = 3, /* no memory, or a size that cannot be */
    TRACKMEM_SMALL_REFUSED_ON_PURPOSE = 4, /* fault injection */
    TRACKMEM_SMALL_LEFT_BEHIND = 5,        /* alive at the end of a leak window: bytes in all */
    TRACKMEM_SMALL_LEFT_BY_SITE = 6        /* before that, from each call site: its blocks */
};

#endif
