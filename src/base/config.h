/*
 * base/config.h: the sizes of our own structures, for hosted systems and for small ones.
 */
#ifndef TMI_BASE_CONFIG_H
#define TMI_BASE_CONFIG_H

#include "base/compiler.h"

/* 1: one thread and little memory. */
#if !defined(TMI_SMALL)
#define TMI_SMALL !TMI_HAS_SYSTEM
#endif

#define TMI_HEADER_BYTES 16u /* before every block: block/header.h */

#if TMI_SMALL
#define TMI_CELLS           64    /* counter cells a thread; a power of two */
#define TMI_DOMAINS         64    /* domains in all, with the process */
#define TMI_ACCOUNTS        512   /* pairs of site and domain, at most */
#define TMI_BUCKETS         64    /* of each hash table of the accounting; a power of two */
#define TMI_BACKENDS        16u   /* sources of spans, with the process's own */
#define TMI_CREDIT_BYTES    0     /* see account/shard.h; 0: every operation settles */
#define TMI_GRAVES          16    /* recently freed blocks remembered a thread; a power of two */
#define TMI_ID_CHUNK        64u   /* records that a registry takes at once */
#define TMI_PURSE_CHUNK     8u    /* purse pointers that a shard takes at once */
#define TMI_OWN_CHUNK_BYTES 4096u /* our own memory is mapped in chunks of this size */
#define TMI_GRANULE_BYTES   0u    /* no virtual memory: reading before a block never faults */
#define TMI_EXACT_BYTES     SIZE_MAX
#ifndef TRACKMEM_POOL_BYTES
#define TRACKMEM_POOL_BYTES 131072 /* all of our own memory: platform/baremetal.c */
#endif
#define TMI_OWN_LIMIT_BYTES (TRACKMEM_POOL_BYTES / 3) /* names and counters; snapshots need more */
#else
#define TMI_CELLS           512
#define TMI_DOMAINS         16384
#define TMI_ACCOUNTS        1048576
#define TMI_BUCKETS         4096
#define TMI_BACKENDS        256u
#define TMI_CREDIT_BYTES    16384
#define TMI_GRAVES          64
#define TMI_ID_CHUNK        1024u
#define TMI_PURSE_CHUNK     64u
#define TMI_OWN_CHUNK_BYTES 65536u
#define TMI_GRANULE_BYTES   4096u /* the smallest page size; see block/exact.h */
#define TMI_EXACT_BYTES     65536u
#define TMI_OWN_LIMIT_BYTES UINTPTR_MAX
#endif

#endif
