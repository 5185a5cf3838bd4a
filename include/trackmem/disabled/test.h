/*
 * trackmem/disabled/test.h: the sweep where TRACKMEM_DISABLE is defined: nothing can be failed.
 * Private to trackmem_test.h.
 */
#ifndef TRACKMEM_DISABLED_TEST_H
#define TRACKMEM_DISABLED_TEST_H

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

TRACKMEM_API enum trackmem_status trackmem_sweep_run(const struct trackmem_sweep *sweep,
                                                     struct trackmem_sweep_result *result)
{
    if (result != NULL)
        memset(result, 0, sizeof *result);
    return sweep->scenario != NULL ? TRACKMEM_UNSUPPORTED : TRACKMEM_INVALID;
}

#ifdef __cplusplus
}
#endif

#endif
