/*
 * audit/report.h: an audit as text for people, as JSON, and as SARIF 2.1.0 for the tools that show
 * findings. Each writes to stdout and returns whether all was written; if not, it has complained.
 */
#ifndef TMT_AUDIT_REPORT_H
#define TMT_AUDIT_REPORT_H

#include <stdbool.h>

#include "audit/allow.h"
#include "audit/model.h"

struct tmt_report {
    const struct tmt_audit *audit;
    const struct tmt_allow *allow;
    struct tmt_coverage coverage; /* in all */
    const char *baseline;         /* its file, or NULL */
    bool less;                    /* than the baseline holds */
    bool all;                     /* shows what the baseline knows, and what is allowed */
    const char *version;          /* of the program */
};

bool tmt_report_text(const struct tmt_report *report);
bool tmt_report_json(const struct tmt_report *report);
bool tmt_report_sarif(const struct tmt_report *report);

/* Calls back for each folder, by name, with what it amounts to. Returns false if memory ran out. */
bool tmt_report_folders(const struct tmt_audit *audit,
                        void (*folder)(void *user, const char *name,
                                       const struct tmt_coverage *coverage),
                        void *user);

#endif
