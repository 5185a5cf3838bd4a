/*
 * report/metric.h: samples in the text format of Prometheus, version 0.0.4
 * (prometheus.io/docs/instrumenting/exposition_formats). Only files of report/ include it.
 *
 * All samples of a metric stand together, below its HELP and TYPE; a metric without samples is
 * left out. A sample is written by begin, any number of labels, end.
 */
#ifndef TMI_REPORT_METRIC_H
#define TMI_REPORT_METRIC_H

#include "base/text.h"

struct tmi_metric {
    const char *name; /* a counter's ends with _total */
    const char *type; /* "counter", "gauge", "histogram" */
    const char *help; /* one sentence, without '\\' or line breaks */
};

struct tmi_metrics {
    struct tmi_text *text;
    const struct tmi_metric *current; /* whose HELP and TYPE were written last */
    bool labelled;                    /* the sample being written has a label */
};

/* Begins a sample of name + suffix, and writes HELP and TYPE before the first of a metric. */
void tmi_metric_begin(struct tmi_metrics *metrics, const struct tmi_metric *metric,
                      const char *suffix);
/* Any text: it is escaped, and what is not UTF-8 becomes U+FFFD. */
void tmi_metric_label(struct tmi_metrics *metrics, const char *name, const char *value);
void tmi_metric_label_number(struct tmi_metrics *metrics, const char *name, uint64_t value);
void tmi_metric_end(struct tmi_metrics *metrics, uint64_t value);

/* A whole sample without labels. */
void tmi_metric_add(struct tmi_metrics *metrics, const struct tmi_metric *metric, uint64_t value);

#endif
