/*
 * report/metric.c: see metric.h. Allocates nothing, locks nothing.
 */
#include "report/metric.h"

#include "base/utf8.h"

static void add_head(struct tmi_text *text, const struct tmi_metric *metric)
{
    tmi_text_add(text, "# HELP ");
    tmi_text_add(text, metric->name);
    tmi_text_add_char(text, ' ');
    tmi_text_add(text, metric->help);
    tmi_text_add(text, "\n# TYPE ");
    tmi_text_add(text, metric->name);
    tmi_text_add_char(text, ' ');
    tmi_text_add(text, metric->type);
    tmi_text_add_char(text, '\n');
}

void tmi_metric_begin(struct tmi_metrics *metrics, const struct tmi_metric *metric,
                      const char *suffix)
{
    if (metrics->current != metric)
        add_head(metrics->text, metric);
    metrics->current = metric;
    metrics->labelled = false;
    tmi_text_add(metrics->text, metric->name);
    tmi_text_add(metrics->text, suffix);
}

static void add_label_name(struct tmi_metrics *metrics, const char *name)
{
    tmi_text_add_char(metrics->text, metrics->labelled ? ',' : '{');
    metrics->labelled = true;
    tmi_text_add(metrics->text, name);
    tmi_text_add(metrics->text, "=\"");
}

void tmi_metric_label(struct tmi_metrics *metrics, const char *name, const char *value)
{
    struct tmi_text *text = metrics->text;
    size_t length = tmi_text_length(value);
    size_t at = 0;
    add_label_name(metrics, name);
    while (at < length) {
        size_t size = tmi_utf8_sequence(value + at, length - at);
        if (size == 0)
            tmi_text_add(text, "\xef\xbf\xbd");
        else if (value[at] == '\n')
            tmi_text_add(text, "\\n");
        else if (value[at] == '\\')
            tmi_text_add(text, "\\\\");
        else if (value[at] == '"')
            tmi_text_add(text, "\\\"");
        else
            tmi_text_add_bytes(text, value + at, size);
        at += size == 0 ? 1 : size;
    }
    tmi_text_add_char(text, '"');
}

void tmi_metric_label_number(struct tmi_metrics *metrics, const char *name, uint64_t value)
{
    add_label_name(metrics, name);
    tmi_text_add_unsigned(metrics->text, value);
    tmi_text_add_char(metrics->text, '"');
}

void tmi_metric_end(struct tmi_metrics *metrics, uint64_t value)
{
    tmi_text_add(metrics->text, metrics->labelled ? "} " : " ");
    tmi_text_add_unsigned(metrics->text, value);
    tmi_text_add_char(metrics->text, '\n');
}

void tmi_metric_add(struct tmi_metrics *metrics, const struct tmi_metric *metric, uint64_t value)
{
    tmi_metric_begin(metrics, metric, "");
    tmi_metric_end(metrics, value);
}
