/*
 * alloc/leaks.h: leaks as they are reported: at exit, on request, of a domain, of a leak window.
 */
#ifndef TMI_ALLOC_LEAKS_H
#define TMI_ALLOC_LEAKS_H

#include "account/domain.h"
#include "report/report.h"

/* Reports what the process leaks, if an option asks for it. */
void tmi_leaks_at_exit(void);

/* The last step of all: the process ends with the code of option leaks_exit if a leak was told. */
void tmi_leaks_end_process(void);

/* Reports what is charged to a domain that ends. */
void tmi_leaks_of_domain(const struct tmi_call *call, struct tmi_domain *domain);

/* Reports what a window leaked (NULL: not known); returns how many bytes. The list goes. */
uint64_t tmi_leaks_of_window(const struct tmi_call *call, struct tmi_leaks *leaks);

#endif
