/*
 * report/report.h: everything trackmem says to people and machines.
 *
 * One function per kind of misuse, so that wording is uniform and testable. Each fills a
 * struct trackmem_misuse, words it, and delivers it: to the handler that was set, or to the report
 * file. Nothing here allocates from a heap, takes a lock while a handler runs, or reads memory
 * that may not be ours: whoever calls has read what is safe to read.
 */
#ifndef TMI_REPORT_REPORT_H
#define TMI_REPORT_REPORT_H

#include "account/snapshot.h"
#include "base/text.h"
#include "platform/fault.h"
#include "report/leaks.h"
#include "trackmem/observe.h"

struct tmi_stack_module;

/*
 * The call that went wrong.
 */
struct tmi_call {
    const char *verb;       /* "trackmem_free" */
    trackmem_family family; /* of the verb */
    struct trackmem_place here;
    const void *ptr; /* what was handed in */
    uint32_t stack;  /* of src/stack; 0: not known */
};

/*
 * A block that the call touched, as far as it is known.
 */
struct tmi_block_facts {
    const void *block;
    size_t size;
    size_t alignment;
    trackmem_family family;
    struct trackmem_domain *domain;
    struct trackmem_place allocated;
    struct trackmem_place freed; /* of a freed block: where, if known */
    uint32_t allocated_stack;    /* of src/stack; 0: not known */
    uint32_t freed_stack;
};

/*
 * Bytes that were written where nothing should have been.
 */
struct tmi_damage {
    ptrdiff_t first; /* from the block's start to the first changed byte, and to the last */
    ptrdiff_t last;
    size_t changed_bytes;
    bool freed;        /* the block had been freed */
    bool reaches_edge; /* the outermost byte that is looked at is changed: it may go on */
    size_t found_bytes;
    unsigned char found[16]; /* what stands at the first and behind */
};

/* A block of one family freed or resized by the verb of another. */
void tmi_report_mismatched_family(const struct tmi_call *call, const struct tmi_block_facts *block);
/* A block that was freed before and whose address was not reused. */
void tmi_report_double_free(const struct tmi_call *call, const struct tmi_block_facts *block);
/* A pointer into a live block, but not to its start. */
void tmi_report_interior_pointer(const struct tmi_call *call, const struct tmi_block_facts *block);
/* The same, where the block is an arena's, which knows what lies at the pointer. */
void tmi_report_sub_block(const struct tmi_call *call, const struct tmi_block_facts *block,
                          const struct trackmem_sub_block *sub_block);
/* A pointer that no allocating verb can have returned: its low bits are set. */
void tmi_report_misaligned(const struct tmi_call *call);
/* A pointer of somebody else's: whose, as far as the system tells ("static data of ./demo"). */
void tmi_report_foreign_pointer(const struct tmi_call *call, const char *whose);
/* A block of another copy of this library in the process. */
void tmi_report_other_copy(const struct tmi_call *call, const char *theirs, const char *ours,
                           const struct tmi_block_facts *block);
/* trackmem_free_sized with a size that is not the block's. */
void tmi_report_wrong_size(const struct tmi_call *call, const struct tmi_block_facts *block,
                           size_t claimed_size);
/* A block in the table of ours whose header no longer verifies: somebody wrote before its start. */
void tmi_report_damaged_header(const struct tmi_call *call, const void *block);
/* Blocks that nothing points to any more, or that are alive as the process ends or asks. */
void tmi_report_leak(const struct tmi_call *call, const struct tmi_leaks *leaks);
/* A domain that is destroyed while blocks are charged to it; leaks of one domain. */
void tmi_report_domain_leak(const struct tmi_call *call, struct trackmem_domain *domain,
                            const struct tmi_leaks *leaks);
/* What was allocated in a leak window and is alive at its end. */
void tmi_report_window_leak(const struct tmi_call *call, const struct tmi_leaks *leaks);
/* No leak but such as are suppressed, or no memory to look for any; no misuse. */
void tmi_report_excused_leaks(const struct tmi_leaks *leaks);
/* A domain that was destroyed is charged again. */
void tmi_report_destroyed_domain(const struct tmi_call *call, struct trackmem_domain *domain);
/* Bytes behind the end of a block, before its start, and in it after its free were written. */
void tmi_report_overrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                        const struct tmi_damage *damage);
void tmi_report_underrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                         const struct tmi_damage *damage);
void tmi_report_write_after_free(const struct tmi_call *call, const struct tmi_block_facts *block,
                                 const struct tmi_damage *damage);

/*
 * What a call of trackmem/checked.h reads or writes; endless: a text without an end.
 */
struct tmi_reach {
    const void *start;
    size_t bytes;
    bool writes;
    bool endless;
};
/* Such a call, from call->ptr on, goes beyond the end of a block, begins before it, is late. */
void tmi_report_call_overrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                             const struct tmi_reach *reach);
void tmi_report_call_underrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                              const struct tmi_reach *reach);
void tmi_report_call_after_free(const struct tmi_call *call, const struct tmi_block_facts *block,
                                const struct tmi_reach *reach);
/* One that copies between ranges that overlap in so many bytes, and must not. */
void tmi_report_overlap(const struct tmi_call *call, const struct tmi_block_facts *block,
                        size_t bytes, size_t common_bytes);

/* A request for more than half of the address space: a negative number, most likely. */
void tmi_report_absurd_size(const struct tmi_call *call, size_t count, size_t size);

/*
 * A fault: what was touched, how, by which instruction. More bytes than one where only that is
 * known that it was one of them; then no report says which.
 */
struct tmi_touch {
    const void *address;
    size_t within_bytes;
    enum tmi_access access;
    const void *code;
    uint32_t stack; /* of src/stack; 0: none */
};

/*
 * These are called in a fault's handler. An access beyond the end of a live block, before its
 * start, to a freed one; and to a small address after the allocation at `failed` gave NULL (size
 * SIZE_MAX: not known).
 */
void tmi_report_overrun_fault(const struct tmi_touch *touch, const struct tmi_block_facts *block);
void tmi_report_underrun_fault(const struct tmi_touch *touch, const struct tmi_block_facts *block);
void tmi_report_use_after_free(const struct tmi_touch *touch, const struct tmi_block_facts *block);
void tmi_report_unchecked_null(const struct tmi_touch *touch, const struct trackmem_place *failed,
                               size_t size);

/*
 * In a fault: whether the calling thread was making a report. Then it is left as it is, and others
 * may be made; should the thread come back to it nevertheless, it is written on.
 */
bool tmi_report_break_off(void);
/* The same once the thread has left it for good, and perhaps its own handler of misuse. */
void tmi_report_give_up(void);

/*
 * What befell a request without being misuse, in firmware that said so (trackmem/small_format.h):
 * a soft limit that it crossed, a limit, a backend or a rule of fault injection that refused it.
 */
struct tmi_event {
    struct trackmem_domain *domain; /* whose limit it was, or that would have been charged */
    uint64_t bytes;                 /* of the request */
    struct trackmem_place here;
};
void tmi_report_soft_limit(const struct tmi_event *event);
void tmi_report_refused_by_budget(const struct tmi_event *event);
void tmi_report_refused_by_backend(const struct tmi_event *event);
void tmi_report_refused_on_purpose(const struct tmi_event *event);

/*
 * Another program than this one, for a tool that reports on it. All reports are then about it.
 */
struct tmi_report_subject {
    const char *program;
    uint64_t misuse_count; /* what its accounting says */
    /* The call that the function of a place was inlined by, level by level from 0; false: none. */
    bool (*inlined_by)(const struct trackmem_place *place, size_t level,
                       struct trackmem_place *call);
};
struct tmi_report_options;
/* Reports go to fd from now on. The subject is kept. */
void tmi_report_about(const struct tmi_report_subject *subject, int fd,
                      const struct tmi_report_options *options);

/* The function of a frame, where the dynamic linker knows it and the module is still there. */
const char *tmi_report_function_at(const struct tmi_stack_module *module, uintptr_t frame);

/* "driver/cache", "process". */
void tmi_report_add_domain(struct tmi_text *text, const struct trackmem_domain *domain);

/* Handler, count and what follows a report: see observe.h. */
void tmi_report_set_handler(trackmem_misuse_fn *fn, void *user);
uint64_t tmi_report_misuse_count(void);

/* Who puts functions and lines into the stacks of text reports; as the option symbols has them. */
enum tmi_symbols { TMI_SYMBOLS_NONE, TMI_SYMBOLS_HELPER, TMI_SYMBOLS_INPROCESS };

/*
 * Where reports go and what follows them; set from the options at start. path may hold %p.
 */
struct tmi_report_options {
    const char *out_path; /* "" is standard error */
    enum trackmem_format format;
    bool abort_on_misuse;
    uint64_t repeats; /* of reports that say the same, so many are written; 0: all */
    size_t top_sites;
    enum tmi_symbols symbols;
};
void tmi_report_configure(const struct tmi_report_options *options);

/*
 * The file of a path in which %p stands for the number of the process: its name, for a buffer of
 * size bytes, false if that is too small; and the file, made anew, or -1.
 */
bool tmi_report_name_file(const char *path, char *name, size_t size);
int tmi_report_create_file(const char *path, char *name, size_t size);

/*
 * Says on standard error what could not be done with the report file, and where reports go.
 *   error  why: tmi_platform_error
 */
void tmi_report_leave_file(const char *what, const char *name, int error);

/*
 * Around a fork, so that the child does not inherit a lock that nobody will open. The child of a
 * process whose out path holds %p starts a file of its own; else both write to the same.
 */
void tmi_report_lock_for_fork(void);
void tmi_report_unlock_after_fork(bool in_child);

/* The accounting. `when` is the moment in words: "at exit", "on request". */
enum trackmem_status tmi_report_accounting(int fd, enum trackmem_format format,
                                           const struct tmi_snapshot *snapshot, const char *when);
/* The same to the place that tmi_report_configure named. */
enum trackmem_status tmi_report_accounting_to_out(const struct tmi_snapshot *snapshot,
                                                  const char *when);

#endif
