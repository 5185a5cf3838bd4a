/*
 * trackmem/small.h: what firmware has beside the other headers: tasks, interrupts, reports that
 * leave byte by byte, and hooks. Only in the small profile (-DTRACKMEM_SMALL; small_layout.h says
 * how it differs).
 *
 * Which verbs an interrupt may call: trackmem_malloc, calloc, memdup, free, their `_in` forms, the
 * aligned and the family's, trackmem_realloc and trackmem_size, if the backend's functions may be
 * called there (the region's may; FreeRTOS's heaps may not). What an interrupt allocates without
 * naming a domain is charged as if the task that it interrupted had. Hooks, budget functions,
 * handlers and the sink then run in the interrupt, too. All else is for tasks, trackmem_check_all
 * for one that preempts no other inside a verb (the one of lowest priority): what another is about
 * to write a header before would be taken for damage.
 */
#ifndef TRACKMEM_SMALL_H
#define TRACKMEM_SMALL_H

#include "trackmem/backend.h"
#include "trackmem/observe.h"

#if defined(TRACKMEM_SMALL)

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The critical section: keeps interrupts and other tasks away while a few words are changed. Held
 * for a bounded number of instructions, never while a function of the program or of the backend is
 * called; the region holds it for each of its own bounded steps. It nests.
 *
 * On Cortex-M interrupts are disabled by PRIMASK, and these two are not called, unless
 * TRACKMEM_CRITICAL_HOOKS is 1 (small_config.h). Elsewhere they do nothing, which is right where no
 * interrupt allocates. Both are weak: define them to replace them.
 * enter returns what the matching leave gets.
 */
TRACKMEM_API uintptr_t trackmem_critical_enter(void);
TRACKMEM_API void trackmem_critical_leave(uintptr_t state);

/*
 * A task, for whom allocations are charged where nothing else names a domain: see trackmem.h. The
 * program makes one for each task and sets name and domain (NULL: the process); the rest is 0.
 */
struct trackmem_task {
    const char *name;
    struct trackmem_domain *domain;
    struct trackmem_domain *pushed[TRACKMEM_PUSH_DEPTH];
    uint16_t depth;
    bool in_budget_fn; /* a function of a budget runs: what it allocates calls none */
};

/*
 * Called by each verb that allocates; returns the running task, never NULL, and costs what it does.
 * Weak: as it is it returns one task, of the process. With an RTOS define it, by the pointer that a
 * task may keep (FreeRTOS: pvTaskGetThreadLocalStoragePointer; Zephyr: k_thread_custom_data_get).
 */
TRACKMEM_API struct trackmem_task *trackmem_task_current(void);

/*
 * Called when the backend has no memory, before the request fails: free what you can and return
 * true to try once more, or false. No critical section is held.
 *   size     bytes that were asked for
 *   domain   that would have been charged
 *   address  the return address of the call
 * fn NULL: none.
 */
typedef bool trackmem_out_of_memory_fn(size_t size, struct trackmem_domain *domain,
                                       const void *address, void *user);
TRACKMEM_API void trackmem_set_out_of_memory_handler(trackmem_out_of_memory_fn *fn, void *user);

/*
 * Where reports go: a UART, RTT, semihosting, a buffer. The bytes are frames of small_format.h;
 * misuse, soft limits and refused requests leave at once, one frame each, the accounting by
 * trackmem_report_send.
 *   fn  takes size bytes, at most TRACKMEM_SMALL_FRAME_BYTES at a time; false: they are lost, which
 *       the reader sees. Called by whoever did it, with no critical section held, possibly by a
 *       task and an interrupt at once: it keeps the bytes of one call together. It must not
 *       allocate. NULL: nothing is sent
 */
typedef bool trackmem_sink_fn(const void *bytes, size_t size, void *user);
TRACKMEM_API void trackmem_set_sink(trackmem_sink_fn *fn, void *user);

/*
 * Sends the accounting: each domain, task, region, and the live blocks of each pair of call site
 * and domain. Blocks are found by walking the regions: those of other backends count in their
 * domains only. What is allocated or freed meanwhile may be in it or not.
 *   tasks  those to be named; NULL if count is 0
 * Returns TRACKMEM_INVALID when there is no sink, TRACKMEM_IO_ERROR when that lost bytes.
 */
TRACKMEM_API enum trackmem_status trackmem_report_send(const struct trackmem_task *const *tasks,
                                                       size_t count);

/*
 * As trackmem_region_init, with a guard at the end of the buffer: the last 32 to 63 bytes become
 * unreadable by the memory protection unit, so that a write past the pool faults at its address.
 * Takes one of the unit's regions, the last. The unit is enabled, with the default map for
 * everything else, and so is its fault.
 * Returns TRACKMEM_UNSUPPORTED, and makes a region without a guard, where there is no such unit
 * (ARMv7-M's), or all its regions are in use.
 */
TRACKMEM_API enum trackmem_status trackmem_region_init_guarded(struct trackmem_region *region,
                                                               void *buffer, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
#endif
