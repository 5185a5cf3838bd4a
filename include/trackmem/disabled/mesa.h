/*
 * trackmem/disabled/mesa.h: what mesa.h adds to the verbs, where TRACKMEM_DISABLE is defined:
 * windows that see nothing. Private to mesa.h.
 */
#ifndef TRACKMEM_DISABLED_MESA_H
#define TRACKMEM_DISABLED_MESA_H

#ifdef __cplusplus
extern "C" {
#endif

/* Not 0, which is a failure. */
TRACKMEM_API unsigned long trackmem_mesa_begin(void)
{
    return 1;
}

TRACKMEM_API void trackmem_mesa_end_at(struct trackmem_site *site, unsigned long start)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(start);
}

TRACKMEM_API void trackmem_mesa_tag_at(struct trackmem_site *site, void *ptr, unsigned tag)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(ptr);
    TRACKMEM_OFF_IGNORE_(tag);
}

TRACKMEM_API void trackmem_mesa_check_at(struct trackmem_site *site)
{
    TRACKMEM_OFF_IGNORE_(site);
}

#ifdef __cplusplus
}
#endif

#endif
