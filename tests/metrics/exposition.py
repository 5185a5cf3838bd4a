"""Reads Prometheus' text format, and is strict about it: by the parser of its Python client,
and by what that does not ask."""
import re

from prometheus_client.parser import text_string_to_metric_families

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? ([0-9]+)$')
SUFFIX = {'histogram': ('_bucket', '_sum', '_count')}


class Wrong(Exception):
    pass


def demand(condition, what):
    if not condition:
        raise Wrong(what)


def check_order(text):
    """Each metric once: HELP, TYPE, then all of its samples."""
    done, name, kind, state = set(), None, None, 'samples'
    for number, line in enumerate(text.split('\n')[:-1], 1):
        where = f'line {number}: {line}'
        head = re.match(r'# (HELP|TYPE) (\S+) (.+)$', line)
        if head and head[1] == 'HELP':
            demand(state == 'samples' and head[2] not in done, where)
            name, state = head[2], 'type'
            done.add(name)
        elif head:
            demand(state == 'type' and head[2] == name, where)
            kind, state = head[3], 'first'
            demand(kind in ('counter', 'gauge', 'histogram'), where)
            demand(name.endswith('_total') == (kind == 'counter'), where)
        else:
            sample = SAMPLE.match(line)
            demand(sample and state in ('first', 'samples'), where)
            demand(sample[1] in [name + s for s in SUFFIX.get(kind, ('',))], where)
            state = 'samples'
    demand(state == 'samples', 'the last metric has no samples')


def check_histograms(families):
    for family in families:
        rows = {}
        for name, labels, value, *_ in family.samples if family.type == 'histogram' else ():
            key = tuple(sorted((k, v) for k, v in labels.items() if k != 'le'))
            rows.setdefault(key, {})[labels.get('le', name)] = value
        for key, row in rows.items():
            buckets = [(float(le), row[le]) for le in row if not le.startswith(family.name)]
            demand(buckets == sorted(buckets), f'{family.name}{key}: {buckets}')
            demand([v for _, v in buckets] == sorted(v for _, v in buckets), f'{key}: {buckets}')
            demand(row['+Inf'] == row[family.name + '_count'], f'{family.name}{key}')


def parse(text):
    """{(name, ((label, value), ...)): number}; raises Wrong, or what the client's parser raises."""
    demand(text.endswith('\n') and '\r' not in text, 'the text ends with a line feed')
    check_order(text)
    families = list(text_string_to_metric_families(text))
    check_histograms(families)
    samples = {}
    for family in families:
        for name, labels, value, *_ in family.samples:
            key = (name, tuple(sorted(labels.items())))
            demand(key not in samples, f'{key} stands twice')
            samples[key] = value
    return samples


def get(samples, name, **labels):
    return samples.get((name, tuple(sorted(labels.items()))))
