/*
 * sweep/sweep.h: what one run of a scenario left behind, and how that is told.
 */
#ifndef TMI_SWEEP_SWEEP_H
#define TMI_SWEEP_SWEEP_H

#include "base/text.h"
#include "platform/platform.h"
#include "trackmem/trackmem_test.h"

/*
 * Written by the run, which may be in another process and may end at any moment: fixed size, no
 * pointers.
 */
struct tmi_sweep_outcome {
    uint64_t injected;
    uint64_t seen; /* allocations that matched the filter */
    uint64_t digest;
    uint64_t live_blocks; /* more than before */
    uint64_t live_bytes;
    int64_t lost_bytes; /* charged beyond what lives; below 0: too little */
    uint64_t misuses;
    uint32_t line; /* of the first allocation that was failed */
    bool finished; /* the scenario returned */
    char file[160];
    char function[96];
    char domain[96];
};

/* What is wrong at a point; bits, since it may be several. */
enum tmi_sweep_fault {
    TMI_SWEEP_CRASH = 1,
    TMI_SWEEP_TIMEOUT = 2,
    TMI_SWEEP_LEAK = 4,
    TMI_SWEEP_LOST_CHARGE = 8,
    TMI_SWEEP_CHANGED = 16,
    TMI_SWEEP_MISUSE = 32
};

struct tmi_sweep_point {
    uint64_t number; /* 0: unfailed */
    unsigned faults;
    struct tmi_apart apart;
    const struct tmi_sweep_outcome *outcome;
    uint64_t expected; /* digest */
};

/* The report; text is a stream. */
void tmi_sweep_write_start(struct tmi_text *text, const struct trackmem_sweep *sweep);
void tmi_sweep_write_point(struct tmi_text *text, const struct trackmem_sweep *sweep,
                           const struct tmi_sweep_point *point);
void tmi_sweep_write_end(struct tmi_text *text, const struct trackmem_sweep *sweep,
                         const struct trackmem_sweep_result *result);

/* "sweep of mesh: point 120, 0 findings", over itself. */
void tmi_sweep_show_progress(const struct trackmem_sweep *sweep,
                             const struct trackmem_sweep_result *result);
void tmi_sweep_clear_progress(void);

#endif
