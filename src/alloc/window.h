/*
 * alloc/window.h: leak windows, as mesa.c ends them.
 */
#ifndef TMI_ALLOC_WINDOW_H
#define TMI_ALLOC_WINDOW_H

#include "alloc/verb.h"
#include "trackmem/observe.h"

/* See trackmem_end_report; the verb is whoever ends it. */
uint64_t tmi_window_report(const struct tmi_verb *verb, struct trackmem_window *window);

#endif
