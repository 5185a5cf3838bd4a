/*
 * workloads.c: the table of all workloads. An operation is a malloc and its free, unless the text
 * says otherwise; one repetition takes a few milliseconds with the C library's allocator.
 */
#include "workload.h"

static const struct bench_workload workloads[] = {
    { "pairs", "malloc, free; 16 to 512 bytes", 250000, 50000, 1, bench_pairs_setup,
      bench_pairs_run, bench_pairs_finish },
    { "batches", "64 mallocs, 64 frees; 16 to 512 bytes", 256000, 64000, 1, bench_pairs_setup,
      bench_batches_run, bench_pairs_finish },
    { "churn", "100,000 live blocks, log-normal sizes 16 bytes to 4 KiB", 50000, 200000, 1,
      bench_churn_setup, bench_churn_run, bench_churn_finish },
    { "churn-2", "the same held by 2 threads", 100000, 200000, 2, bench_churn_pair_setup,
      bench_churn_pair_run, bench_churn_pair_finish },
    { "surges", "256 mallocs, 256 frees; 480 bytes", 256000, 64000, 1, bench_pairs_setup,
      bench_surges_run, bench_pairs_finish },
    { "surges-2", "surges by 2 threads", 512000, 128000, 2, bench_surges_two_setup,
      bench_surges_two_run, bench_surges_two_finish },
    { "handover", "one thread allocates, another frees; ring of 256", 50000, 50000, 2,
      bench_handover_setup, bench_handover_run, bench_handover_finish },
    { "domains-named", "pairs charged by turns to 8 domains, named in the call", 250000, 50000, 1,
      bench_pairs_setup, bench_domains_named_run, bench_pairs_finish },
    { "domains-entered", "pairs in 8 domains, entered and left around each 4", 250000, 50000, 1,
      bench_pairs_setup, bench_domains_entered_run, bench_pairs_finish },
    { "calloc", "calloc, free; 16 to 512 bytes", 250000, 50000, 1, bench_pairs_setup,
      bench_calloc_run, bench_pairs_finish },
    { "growth", "realloc by half from 16 bytes to 64 KiB", 50000, 20000, 1, bench_pairs_setup,
      bench_growth_run, bench_pairs_finish },
    { "large", "8 mallocs, 8 frees; 64 to 256 KiB", 4000, 4000, 1, bench_large_setup,
      bench_large_run, bench_pairs_finish },
    { "churn-sites", "churn from 4,096 call sites", 50000, 200000, 1, bench_churn_sites_setup,
      bench_churn_run, bench_churn_finish },
    { "threads", "a thread is started, makes 64 pairs, is joined", 200, 50, 1, bench_pairs_setup,
      bench_threads_run, bench_pairs_finish },
    { "sites", "64 threads each allocate at 4,000 call sites", 256000, 256000, 64,
      bench_sites_setup, bench_sites_run, bench_sites_finish },
};

const struct bench_suite bench_suite = {
    .workloads = workloads,
    .count = sizeof(workloads) / sizeof(workloads[0]),
    .own_bytes = bench_own_bytes,
};
