/*
 * trackmem/small_config.h: what is fixed at compile time in the small profile, with the values that
 * hold unless the firmware says otherwise.
 *
 * To say otherwise, write a header of #defines and name it to every file that is compiled, those of
 * trackmem too: -DTRACKMEM_CONFIG='"trackmem_config.h"'. Meson does both by the option
 * small_config: a path from the root of the outermost project, an absolute one, or a header that an
 * include path leads to.
 */
#ifndef TRACKMEM_SMALL_CONFIG_H
#define TRACKMEM_SMALL_CONFIG_H

#if defined(TRACKMEM_CONFIG)
#include TRACKMEM_CONFIG
#endif

/*
 * Domains below the process: 3, 7, 15, 31 or 63; each costs a pointer of RAM beside the object.
 * They are numbered, and a domain's number is above its parent's: where those above are all taken,
 * there is none for it, even if lower ones are free. What has no number is charged to its parent.
 */
#ifndef TRACKMEM_MAX_DOMAINS
#define TRACKMEM_MAX_DOMAINS 15
#endif

/* Families that the program registers, at most 12; each costs a pointer of RAM. */
#ifndef TRACKMEM_MAX_FAMILIES
#define TRACKMEM_MAX_FAMILIES 4
#endif

/* How deep trackmem_domain_push nests in a task, at least 1; each level costs a pointer in each
 * task. */
#ifndef TRACKMEM_PUSH_DEPTH
#define TRACKMEM_PUSH_DEPTH 4
#endif
#if TRACKMEM_PUSH_DEPTH < 1
#error "TRACKMEM_PUSH_DEPTH is at least 1; where nothing is pushed, 1 costs a pointer in each task"
#endif

/* Blocks whose free is remembered, so that a second free names the first; a power of two. Each
 * costs four words. */
#ifndef TRACKMEM_GRAVES
#define TRACKMEM_GRAVES 4
#endif

/* What the cookies are hashed with: odd. Another one for each product keeps strangers out. */
#ifndef TRACKMEM_COOKIE_KEY
#define TRACKMEM_COOKIE_KEY 0x9e3779b1u
#endif

/* 1: the port defines trackmem_critical_enter and leave (small.h) on Cortex-M, too. */
#ifndef TRACKMEM_CRITICAL_HOOKS
#define TRACKMEM_CRITICAL_HOOKS 0
#endif

/* Bytes of a known pattern behind each block, looked at by each free and trackmem_check_all. */
#ifndef TRACKMEM_REDZONE_BYTES
#define TRACKMEM_REDZONE_BYTES 0
#endif

/*
 * 1: new memory is filled, so that it is not zero by chance, and so is freed memory before it goes
 * back, so that what still uses it shows: a created domain that has ended, too. Both take time with
 * a block's size. The bytes:
 */
#ifndef TRACKMEM_FILL
#define TRACKMEM_FILL 0
#endif
#ifndef TRACKMEM_FILL_FRESH
#define TRACKMEM_FILL_FRESH 0xcd
#endif
#ifndef TRACKMEM_FILL_FREED
#define TRACKMEM_FILL_FREED 0xdd
#endif

#endif
