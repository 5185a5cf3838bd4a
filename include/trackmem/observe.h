/*
 * trackmem/observe.h: misuse, reports, leak windows, options from code.
 */
#ifndef TRACKMEM_OBSERVE_H
#define TRACKMEM_OBSERVE_H

#include "trackmem/domain.h"
#include "trackmem/family.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The kinds of misuse. Each has a stable identifier, which JSON reports carry.
 */
enum trackmem_misuse_kind {
    TRACKMEM_MISUSE_MISMATCHED_FAMILY, /* "mismatched-family" */
    TRACKMEM_MISUSE_DOUBLE_FREE,       /* "double-free" */
    TRACKMEM_MISUSE_FOREIGN_POINTER,   /* "foreign-pointer" */
    TRACKMEM_MISUSE_INTERIOR_POINTER,  /* "interior-pointer" */
    TRACKMEM_MISUSE_MISALIGNED,        /* "misaligned-pointer" */
    TRACKMEM_MISUSE_OTHER_COPY,        /* "other-copy" */
    TRACKMEM_MISUSE_WRONG_SIZE,        /* "wrong-size" */
    TRACKMEM_MISUSE_DAMAGED_HEADER,    /* "damaged-header" */
    TRACKMEM_MISUSE_DOMAIN_LEAK,       /* "domain-leak" */
    TRACKMEM_MISUSE_DESTROYED_DOMAIN,  /* "destroyed-domain" */
    TRACKMEM_MISUSE_OVERRUN,           /* "overrun" */
    TRACKMEM_MISUSE_SUB_BLOCK,         /* "sub-block": of an arena; see family.h */
    TRACKMEM_MISUSE_WINDOW_LEAK,       /* "window-leak": debug_memory_end of mesa.h */
    TRACKMEM_MISUSE_UNDERRUN,          /* "underrun": check mode, as what follows */
    TRACKMEM_MISUSE_WRITE_AFTER_FREE,  /* "write-after-free" */
    TRACKMEM_MISUSE_ABSURD_SIZE,       /* "absurd-size" */
    TRACKMEM_MISUSE_USE_AFTER_FREE,    /* "use-after-free": by guard pages, or checked.h */
    TRACKMEM_MISUSE_UNCHECKED_NULL,    /* "unchecked-null" */
    TRACKMEM_MISUSE_OVERLAP,           /* "overlap": by checked.h */
    TRACKMEM_MISUSE_LEAK               /* "leak": at exit, or by trackmem_check_leaks */
};

/*
 * A place, as a report knows it. Texts live during the call.
 */
struct trackmem_place {
    const char *file;     /* NULL: not known */
    const char *function; /* NULL: not known */
    uint32_t line;
    const void *address; /* of the call, when only that is known */
};

/*
 * One misuse. Pointers live during the call; what is not known is NULL or 0.
 */
struct trackmem_misuse {
    enum trackmem_misuse_kind kind;
    const char *id;           /* "mismatched-family" */
    const char *verb;         /* what was called: "trackmem_free" */
    const void *ptr;          /* what was handed in */
    const void *block;        /* start of the block it belongs to */
    size_t size;              /* of that block, bytes asked for */
    ptrdiff_t offset;         /* of ptr in that block; of a fault: of the address touched (s390x
                                 tells its page: then it is that one's) */
    trackmem_family made_by;  /* family of the block */
    trackmem_family freed_by; /* family of the call */
    struct trackmem_domain *domain;
    struct trackmem_place here;      /* the call */
    struct trackmem_place allocated; /* where the block came from */
    struct trackmem_place freed;     /* where it was freed before */
    const void *sub_block;           /* of an arena: what its allocator returned; size is its */
    const char *context;             /* of an arena: what the sub-block belongs to */
    const char *text;                /* the whole report for people, several lines */
};

/*
 * Sets what happens on misuse, in place of the report to standard error (or out=FILE). fn is called
 * on the thread that did it, with no lock held; it may allocate and free. When it returns the
 * program goes on, unless misuse=abort. NULL restores the default.
 * The misuse that a fault shows (overrun, underrun, use-after-free, unchecked-null) comes in the
 * handler of the signal: there fn may do only what is async-signal-safe, and the program ends.
 */
typedef void trackmem_misuse_fn(const struct trackmem_misuse *misuse, void *user);
TRACKMEM_API void trackmem_set_misuse_handler(trackmem_misuse_fn *fn, void *user);

/*
 * Check mode (TRACKMEM=check): looks at the bytes around a block, and at those of a freed one, and
 * reports what was written there. Whether that could be seen (option redzone, fill) or the mode is
 * on at all is another matter: then nothing is found.
 *   ptr  the start of a block
 * trackmem_check returns false if the block was damaged, or ptr is no live block: that is reported
 * too. trackmem_check_all looks at every block, in the quarantine too, and returns how many were
 * damaged. Each damage is reported once. Any thread, any time; not in signal handlers.
 */
TRACKMEM_API bool trackmem_check(const void *ptr);
TRACKMEM_API bool trackmem_check_at(struct trackmem_site *site, const void *ptr);
TRACKMEM_API size_t trackmem_check_all(void);
TRACKMEM_API size_t trackmem_check_all_at(struct trackmem_site *site);

/*
 * Looks for leaks now, and reports them as one misuse ("leak"): in check mode on Linux the blocks
 * that nothing reachable points to, else all that are alive; the options leaks, suppress and
 * baseline say which (leaks=off counts as reachable). All other threads stand still meanwhile.
 * Returns how many blocks were reported; 0, too, when there was no memory to look for them, which
 * is said where reports go. Any thread, with no lock held that a report may need; not in signal
 * handlers.
 */
TRACKMEM_API uint64_t trackmem_check_leaks(void);
TRACKMEM_API uint64_t trackmem_check_leaks_at(struct trackmem_site *site);

/*
 * Says in words whose memory an address is: "8 bytes past the end of a 120-byte block of domain
 * driver/cache, allocated at cache.c:214, live".
 *   text  where the words go, at most size bytes with the ending NUL
 * Returns whether it belongs to a block of ours. In check mode, and of blocks against guard pages,
 * what lies beside a block or in a freed one is known, too; else only what lies in a live one, and
 * the memory before ptr is looked at. Any thread; not in signal handlers.
 */
TRACKMEM_API bool trackmem_describe(const void *ptr, char *text, size_t size);

/*
 * How many times misuse was seen since the start.
 */
TRACKMEM_API uint64_t trackmem_misuse_count(void);

/*
 * Calls fn for every domain, parents before children, the process first; until it returns false.
 * No lock is held; domains that are created meanwhile may be missing. path is "" for the process.
 */
typedef bool trackmem_domain_fn(struct trackmem_domain *domain, const char *path,
                                const struct trackmem_stats *alone,
                                const struct trackmem_stats *with_descendants, void *user);
TRACKMEM_API void trackmem_visit_domains(trackmem_domain_fn *fn, void *user);

/*
 * What a call site allocated for one domain.
 */
struct trackmem_site_stats {
    struct trackmem_place place; /* texts live as long as the process */
    struct trackmem_domain *domain;
    uint64_t live_bytes;
    uint64_t live_blocks;
    uint64_t total_bytes;
    uint64_t total_blocks;
    uint64_t injected;           /* requests that failed on purpose: fail.h */
    uint64_t refused_by_budget;  /* requests that a hard limit refused */
    uint64_t refused_by_backend; /* requests that the backend refused, or that cannot be */
};

/*
 * Calls fn for every pair of call site and domain that ever allocated or tried to, in no order;
 * until it returns false. No lock is held.
 */
typedef bool trackmem_site_fn(const struct trackmem_site_stats *site, void *user);
TRACKMEM_API void trackmem_visit_sites(trackmem_site_fn *fn, void *user);

enum trackmem_format {
    TRACKMEM_FORMAT_TEXT,      /* for people, at most 100 columns */
    TRACKMEM_FORMAT_JSON,      /* docs/report.schema.json */
    TRACKMEM_FORMAT_PROMETHEUS /* metrics for Prometheus (text format 0.0.4): docs/metrics.md */
};

/*
 * Writes the accounting: domains as a tree, the top call sites, misuse, our own memory.
 *   fd  an open file descriptor; text is coloured if it is a terminal and NO_COLOR is not set.
 *       Other reports wait while this one is written: what may block, as a socket, should get it
 *       from a file
 * Returns TRACKMEM_IO_ERROR when it could not be written whole.
 */
TRACKMEM_API enum trackmem_status trackmem_report(int fd, enum trackmem_format format);

/*
 * A leak window: what was allocated since trackmem_begin and is alive at trackmem_end.
 * trackmem_begin takes a snapshot; NULL when there is no memory for it. trackmem_end calls fn (if
 * not NULL) for each pair of call site and domain that holds more blocks or bytes than then, with
 * the differences, ends the window, and returns how many bytes in all; NULL gives 0. Other
 * threads' allocations count too.
 */
struct trackmem_window;
TRACKMEM_API struct trackmem_window *trackmem_begin(void);
TRACKMEM_API uint64_t trackmem_end(struct trackmem_window *window, trackmem_site_fn *fn,
                                   void *user);

/*
 * Ends a window and reports what it leaked as one misuse ("window-leak"), by call site; in check
 * mode block by block, and by stack. The option suppress applies. Returns how many bytes that were.
 */
TRACKMEM_API uint64_t trackmem_end_report(struct trackmem_window *window);
TRACKMEM_API uint64_t trackmem_end_report_at(struct trackmem_site *site,
                                             struct trackmem_window *window);

/*
 * Sets options, as the environment variable TRACKMEM does ("report=exit,format=json").
 * Returns TRACKMEM_OK; TRACKMEM_INVALID if any is unknown or has a bad value: each is named on
 * standard error with what would be right, and the others hold. Options that act at start only
 * (see options.def) give TRACKMEM_BUSY once a block was allocated.
 */
TRACKMEM_API enum trackmem_status trackmem_set_options(const char *options);

#ifdef __cplusplus
}
#endif

#if defined(TRACKMEM_DISABLE)
#include "trackmem/disabled/observe.h"
#elif !defined(TRACKMEM_SMALL)
#define trackmem_check(ptr)         trackmem_check_at(TRACKMEM_SITE, ptr)
#define trackmem_check_all()        trackmem_check_all_at(TRACKMEM_SITE)
#define trackmem_check_leaks()      trackmem_check_leaks_at(TRACKMEM_SITE)
#define trackmem_end_report(window) trackmem_end_report_at(TRACKMEM_SITE, window)
#endif

#endif
