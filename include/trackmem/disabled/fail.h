/*
 * trackmem/disabled/fail.h: fault injection where TRACKMEM_DISABLE is defined: nothing is failed.
 * Private to fail.h.
 */
#ifndef TRACKMEM_DISABLED_FAIL_H
#define TRACKMEM_DISABLED_FAIL_H

#ifdef __cplusplus
extern "C" {
#endif

TRACKMEM_API enum trackmem_status trackmem_fail_set(const char *rule)
{
    return rule[0] != '\0' ? TRACKMEM_UNSUPPORTED : TRACKMEM_OK;
}

TRACKMEM_API void trackmem_fail_off(void)
{
}

TRACKMEM_API enum trackmem_status trackmem_fail_next(uint64_t n)
{
    return n != 0 ? TRACKMEM_UNSUPPORTED : TRACKMEM_OK;
}

TRACKMEM_API void trackmem_fail_benign_begin(void)
{
}

TRACKMEM_API void trackmem_fail_benign_end(void)
{
}

TRACKMEM_API uint64_t trackmem_fail_count(void)
{
    return 0;
}

TRACKMEM_API uint64_t trackmem_fail_injected(void)
{
    return 0;
}

#ifdef __cplusplus
}
#endif

#endif
