/*
 * trackmem/trackmem_test.h: the sweep: rehearses running out of memory, for test suites.
 *
 * A scenario is run again and again; its 1st, 2nd, 3rd ... allocation is made to fail, until it
 * comes through unfailed. Each run is a point. Where the system can fork, each has a process of its
 * own, so a crash is caught and told with the call site of the allocation that failed; elsewhere
 * all run in this one.
 *
 *     static uint64_t load_a_mesh(void *user)
 *     {
 *         struct mesh *mesh = mesh_load(user);
 *         uint64_t digest;
 *
 *         if (mesh == NULL)
 *             return TRACKMEM_SWEEP_FAILED;      // it told us: that is well
 *         digest = mesh_checksum(mesh);          // if it did not fail, it must be right
 *         mesh_free(mesh);
 *         return digest;
 *     }
 *
 *     struct trackmem_sweep sweep = { .name = "mesh", .scenario = load_a_mesh, .user = "a.mesh" };
 *     struct trackmem_sweep_result result;
 *
 *     if (trackmem_sweep_run(&sweep, &result) != TRACKMEM_OK || result.findings != 0)
 *         return 1;                              // standard error says what, where
 */
#ifndef TRACKMEM_TEST_H
#define TRACKMEM_TEST_H

#include "trackmem/observe.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a scenario returns that found out that memory was short, and gave back all it had. */
#define TRACKMEM_SWEEP_FAILED 0

/*
 * What is swept. Members that are 0 have the value told.
 */
struct trackmem_sweep {
    const char *name; /* in the report; "scenario" */

    /*
     * The same steps at each call; whether or not it fails, it frees what it allocated. Returns a
     * digest of its result, not 0, or TRACKMEM_SWEEP_FAILED.
     */
    uint64_t (*scenario)(void *user);
    void *user;

    struct trackmem_domain *domain; /* where nothing may remain; the process */
    const char *filter;             /* which allocations: "domain:a,site:b.c" as in fail.h; all */
    uint64_t first_point;           /* 1 */
    uint64_t last_point;            /* go on until it comes through */
    uint32_t timeout_seconds;       /* for each point, where it has a process of its own; 10 */
    bool all_further; /* fails all allocations from the point on, not that one alone */
    bool in_process;  /* no processes of their own */
    bool show_output; /* what the scenario prints is shown; else only the report is */

    int report_fd; /* where the report goes; standard error. -1: nowhere */
    enum trackmem_format format;
};

struct trackmem_sweep_result {
    uint64_t points;       /* that were run with an allocation failed */
    uint64_t told;         /* where the scenario said that it failed */
    uint64_t absorbed;     /* where it had the same result all the same */
    uint64_t findings;     /* points at which anything of what follows was found */
    uint64_t crashes;      /* ended by a signal, an exit, or a failed assertion */
    uint64_t timeouts;     /* took too long */
    uint64_t leaks;        /* blocks remained in the domain */
    uint64_t lost_charges; /* what counts against a budget is no longer what lives */
    uint64_t changed;      /* another result than unfailed, and not a failure */
    uint64_t misuses;      /* a wrong free and the like */
    bool complete;         /* the scenario came through unfailed in the end */
};

/*
 * Runs a sweep, and writes a report: a line for each finding, and a summary; or one JSON object on
 * a line. Shows its progress on standard error if that is a terminal.
 *   result  NULL if not wanted
 * Returns TRACKMEM_OK when it could be run, whatever it found; TRACKMEM_INVALID: no scenario, a
 * wrong filter, or a scenario that fails, leaks or crashes with nothing failed (which the report
 * says); TRACKMEM_OUT_OF_MEMORY: no process could be started; TRACKMEM_IO_ERROR: the report could
 * not be written. Rules that were set by trackmem_fail_set end. One sweep at a time.
 */
TRACKMEM_API enum trackmem_status trackmem_sweep_run(const struct trackmem_sweep *sweep,
                                                     struct trackmem_sweep_result *result);

#ifdef __cplusplus
}
#endif

#ifdef TRACKMEM_DISABLE
#include "trackmem/disabled/test.h"
#endif

#endif
