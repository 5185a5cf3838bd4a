/*
 * report/small_report.h: how misuse and events of the small profile leave. Misuse comes through the
 * functions of report.h, one a kind, which here gather facts and word nothing: the host does. Where
 * facts go is set by whoever asks for them, so that a program without a sink links none of it.
 */
#ifndef TMI_REPORT_SMALL_REPORT_H
#define TMI_REPORT_SMALL_REPORT_H

#include "base/compiler.h"
#include "report/report.h"
#include "trackmem/small_format.h"

/* A request that something befell. */
struct tmi_small_event {
    enum trackmem_small_event kind;
    const struct trackmem_domain *domain; /* whose limit it was, or that would have been charged */
    size_t bytes;
    const void *address; /* of the call */
    size_t blocks;       /* left behind */
};

extern TMI_HIDDEN struct tmi_small_outlets {
    trackmem_misuse_fn *handler; /* the program's; NULL: to the sink */
    void *handler_user;
    /* The sink's; NULL: there is none. The number and the bytes are small_format.h's. */
    void (*misuse)(const struct trackmem_misuse *misuse, size_t number,
                   const struct tmi_damage *damage);
    void (*event)(const struct tmi_small_event *event);
    uint32_t misuse_count;
} tmi_small_outlets;

#endif
