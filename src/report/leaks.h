/*
 * report/leaks.h: what a report of leaks is made of. Whoever looks for leaks fills it in; the
 * functions that word it are in report.h.
 */
#ifndef TMI_REPORT_LEAKS_H
#define TMI_REPORT_LEAKS_H

#include "trackmem/observe.h"

enum tmi_leak_class {
    TMI_LEAK_LOST,      /* nothing points there */
    TMI_LEAK_LOST_TOO,  /* nothing but what is lost itself */
    TMI_LEAK_REACHABLE, /* something does */
    TMI_LEAK_ALIVE      /* whether something does was not asked */
};

/* Blocks of one class, call site, domain and stack. */
struct tmi_leak {
    enum tmi_leak_class class;
    uint32_t stack; /* of src/stack; 0: not known */
    uint32_t account;
    uint64_t blocks;
    uint64_t bytes;
    struct trackmem_place place;
    struct trackmem_domain *domain;
    struct trackmem_place resized; /* where a resize of one failed, after which it was lost */
};

/* What was found and is not told, and why not: "leaks.supp:3: function:load_*". */
struct tmi_leak_excuse {
    const char *text;
    uint64_t blocks;
    uint64_t bytes;
};

struct tmi_leaks {
    size_t pages_bytes;    /* of the memory of whoever made it */
    const char *when;      /* "at exit" */
    struct tmi_leak *list; /* by class, then bytes, the largest first */
    size_t count;
    uint64_t blocks; /* in all of the list, and what had no room in it */
    uint64_t bytes;
    struct tmi_leak_excuse *excuses;
    size_t excuse_count;
    size_t excuse_bytes; /* of the memory that they stand in */
    bool is_all;         /* what is alive; false: what is lost */
    bool failed;         /* there was no memory to look for any; nothing else is known */
    bool searched;       /* pointers to the blocks were looked for; and of those that have some: */
    uint64_t reachable_blocks;
    uint64_t reachable_bytes;
    uint64_t interior_blocks; /* that only have pointers to their insides */
    size_t running;           /* threads that could not be held meanwhile */
    size_t held;
    char why[96];   /* they could not */
    bool is_ending; /* the process; and with which code, 0 for the program's own */
    int exit_code;
};

#endif
