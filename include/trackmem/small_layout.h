/*
 * trackmem/small_layout.h: what trackmem.h defines otherwise in the small profile
 * (-DTRACKMEM_SMALL): the objects that the library and the program share.
 *
 * The same verbs, with these differences:
 *   - the site of a call is its return address, which costs nothing in RAM or flash; file and line
 *     are found on the host, in the ELF file. Compile with -fno-optimize-sibling-calls, or a call
 *     that is the last of its function is taken for one of that function's caller;
 *   - a block is smaller than 1 MiB and costs 8 bytes, 16 where TRACKMEM_ALIGNMENT is 16. Without
 *     a system that is 8 on 32 bits, on RISC-V too, where a long double wants 16: there such
 *     objects need trackmem_aligned_alloc;
 *   - names are not copied: they live as long as what carries them;
 *   - statistics count in 32 bits; total_bytes, peak_slack_bytes and size_class stay 0;
 *   - trackmem_adopt, trackmem_report, trackmem_family_set_describe, trackmem_set_options and
 *     trackmem_domain_set_backend of a domain return TRACKMEM_UNSUPPORTED: reports leave by
 *     small.h, and what are options elsewhere is fixed in small_config.h;
 *   - trackmem_check_leaks and trackmem_end_report are not there: linking tells;
 *   - the rules of trackmem_fail_set are "nth:", "after:" and "every:", alone; trackmem_fail_next
 *     and benign count for all tasks together, and what was failed on purpose is in the sum of
 *     trackmem_fail_injected, not in the statistics of a domain;
 *   - a domain that has ended takes no budget (TRACKMEM_INVALID), and one for which there is no
 *     number (TRACKMEM_MAX_DOMAINS) neither takes one nor ends (TRACKMEM_OUT_OF_MEMORY);
 *   - of a domain's path trackmem_visit_domains tells the last 63 characters, a report of misuse
 *     the last 40;
 *   - sites are those of live blocks, found by walking the regions; other backends have none;
 *   - there is one leak window at a time;
 *   - a misuse has no text: the host words it. What is damaged is told at each look;
 *   - there is no backend until trackmem_set_backend was called, and no C library beneath.
 */
#ifndef TRACKMEM_SMALL_LAYOUT_H
#define TRACKMEM_SMALL_LAYOUT_H

#include <stdint.h>

#include "trackmem/small_config.h"

/* Never defined: a pointer to one is the default domain of the file that calls, or NULL. */
struct trackmem_site;

/*
 * A node in the tree of owners: see domain.h. All that is counted stands in it; its members belong
 * to the library.
 */
struct trackmem_domain {
    const char *name;
    struct trackmem_domain *parent;
    uint32_t tag;  /* 0 until first use: what its blocks' headers begin with */
    uint8_t id;    /* its number; the process's is 0 */
    uint8_t flags; /* enum tmi_small_flag */
    uint16_t references;
    uint32_t total_blocks; /* of this domain alone, as the next three */
    uint32_t freed_blocks;
    uint32_t pad_bytes; /* what aligned blocks cost beyond what plain ones do */
    uint32_t failures;
    uint32_t charged_bytes; /* its descendants' included, as the rest */
    uint32_t quiet_bytes;   /* up to here nothing is to be done: no new peak, no limit */
    uint32_t peak_bytes;
    uint32_t hard_bytes; /* 0: none */
    uint32_t soft_bytes; /* 0: none */
    uint32_t refused;
    void (*budget_fn)(void); /* a trackmem_budget_fn */
    void *budget_user;
};

#define TRACKMEM_DOMAIN_INIT_(name_, parent_)                          \
    {                                                                  \
        name_, parent_, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

#define TRACKMEM_SIZE_CLASSES 1

#endif
