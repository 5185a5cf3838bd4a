#!/usr/bin/env python3
"""Holds the metrics of scenario.c to the figures that it has; prints TAP: check.py SCENARIO"""
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

if importlib.util.find_spec('prometheus_client') is None:
    print('1..0 # SKIP needs prometheus_client (Debian: python3-prometheus-client)')
    sys.exit(0)
from exposition import get, parse

wrapper = shlex.split(os.environ.get('MESON_EXE_WRAPPER', ''))
program = wrapper + [os.path.abspath(sys.argv[1])]
run = subprocess.run(program, capture_output=True, stdin=subprocess.DEVNULL)
text = run.stdout.decode().replace('\r\n', '\n') if wrapper else run.stdout.decode()
failed = 0
count = 0


def case(name, *pairs):
    global failed, count
    count += 1
    wrong = [f'{found!r}, not {expected!r}' for found, expected in pairs if found != expected]
    failed += bool(wrong)
    print(f"{'not ok' if wrong else 'ok'} {count} - {name}")
    for line in wrong:
        print('# ' + line)


def value(name, **labels):
    return get(samples, 'trackmem_' + name, **labels)


def series(name):
    return {labels for sample, labels in samples if sample == 'trackmem_' + name}


DOCS = Path(__file__).resolve().parents[2] / 'docs' / 'metrics.md'
samples = parse(text)
DRIVER, CACHE = {'domain': 'driver'}, {'domain': 'driver/cache'}
case('the program ended well, with nothing on standard error', (run.returncode, 0),
     (run.stderr.decode(), ''))
case('a domain alone and with its descendants are metrics of their own',
     (value('domain_live_bytes', **DRIVER), 1000),
     (value('domain_tree_live_bytes', **DRIVER), 1031),
     (value('domain_live_blocks', **DRIVER), 1), (value('domain_tree_live_blocks', **DRIVER), 3),
     (value('domain_live_bytes', **CACHE), 31), (value('domain_tree_live_bytes', **CACHE), 31),
     (value('domain_allocated_bytes_total', **CACHE), 31 + 4464),
     (value('domain_tree_allocated_blocks_total', **DRIVER), 5))
case('a static domain may be named by its path',
     (value('domain_allocated_bytes_total', domain='driver/cache/lists'), 10),
     (value('domain_tree_allocated_blocks_total', **CACHE), 4))
case('what is too deep for its path goes by its number',
     (sum(dict(labels)['domain'].startswith('#') for labels in series('domain_live_bytes')), 20))
case('the process is "/", and holds the sum',
     (value('domain_live_bytes', domain='/'), 0),
     (value('domain_tree_live_bytes', domain='/'), 1000 + 31 + 300 + 5000),
     (sum(samples[key] for key in samples if key[0] == 'trackmem_domain_live_bytes'), 6331),
     (sum(samples[key] for key in samples if key[0] == 'trackmem_site_live_bytes'), 6331))
case('names come out as they are, but for what is not UTF-8',
     (value('domain_live_bytes', domain='a "quoted" \\ and \u00e9'), 300),
     (value('domain_live_bytes', domain='no ? utf-8'), 0))
case('budgets stand where they are set',
     (value('domain_budget_hard_bytes', **DRIVER), 65536),
     (value('domain_budget_soft_bytes', **DRIVER), None),
     (value('domain_budget_soft_bytes', **CACHE), 4096),
     (value('domain_budget_hard_bytes', domain='pool'), None),
     (value('domain_tree_charged_bytes', **DRIVER), 1031 + 3 * 16),
     (value('domain_budget_refusals_total', **DRIVER), 2),
     (value('domain_budget_refusals_total', **CACHE), 0))
case('refusals are told apart by reason, also those that never were',
     (value('domain_refusals_total', reason='budget', **CACHE), 2),
     (value('domain_refusals_total', reason='injected', **CACHE), 1),
     (value('domain_refusals_total', reason='backend', **CACHE), 0),
     (value('domain_refusals_total', reason='budget', **DRIVER), 0),
     (value('domain_refusals_total', reason='backend', domain='no ? utf-8'), 1))
case('block sizes are a histogram',
     (value('domain_block_size_bytes_bucket', le='15', **CACHE), 1),
     (value('domain_block_size_bytes_bucket', le='63', **CACHE), 2),
     (value('domain_block_size_bytes_bucket', le='4095', **CACHE), 2),
     (value('domain_block_size_bytes_bucket', le='16383', **CACHE), 3),
     (value('domain_block_size_bytes_count', **CACHE), 3),
     (value('domain_block_size_bytes_sum', **CACHE), 31 + 4464))
sites = [dict(labels) for labels in series('site_live_bytes')]
refused = [(dict(labels)['reason'], samples['trackmem_site_refusals_total', labels])
           for labels in series('site_refusals_total')]
case('call sites carry file, line, function and domain',
     (len(sites), 7), ({site['function'] for site in sites}, {'main'}),
     (all(site['file'].endswith('scenario.c') and int(site['line']) > 0 for site in sites), True),
     (sorted(refused), [('backend', 1), ('budget', 1), ('budget', 1), ('injected', 1)]))
POOL = {'domain': 'pool'}
size = value('region_size_bytes', **POOL)
case('a region is named by its domain',
     (60000 < size < 65536, True), (value('region_used_spans', **POOL), 1),
     (5016 <= value('region_used_bytes', **POOL) < 5100, True),
     (value('region_used_bytes', **POOL) + value('region_free_bytes', **POOL), size),
     (value('region_peak_bytes', **POOL), value('region_used_bytes', **POOL)),
     (value('region_damages_total', **POOL), 0), (len(series('region_size_bytes')), 1))
info = dict(next(iter(series('info'))))
case('our own memory, misuse and the backend are told',
     (value('own_bytes') > 65536, True), (value('misuse_total'), 1), (value('sites'), 7),
     (value('untracked_allocations_total'), 0), (value('threads_peak'), 1),
     (sorted(info), ['backend', 'process', 'program', 'version']), (info['backend'], 'libc'))
with tempfile.TemporaryDirectory() as folder:
    out = Path(folder, 'last.prom')
    environment = dict(os.environ, TRACKMEM='report=exit,format=prometheus,out=last.prom')
    run = subprocess.run(program + ['aloud'], capture_output=True, stdin=subprocess.DEVNULL,
                         cwd=folder, env=environment)
    samples = parse(out.read_text())
    case('a file of metrics holds nothing else: misuse is told on standard error',
         (run.returncode, 0), (b'trackmem: misaligned pointer' in run.stderr, True),
         (value('misuse_total'), 1), (value('domain_live_bytes', domain='/'), 0))
if not wrapper:
    recipe = re.search(r'(sed -E .+) engine\.prom$', DOCS.read_text(), re.M)[1]
    labelled = subprocess.run(recipe, shell=True, input=text, capture_output=True, text=True)
    several = parse(labelled.stdout)
    case('the recipe for several programs on a machine labels each series',
         (len(several), len(parse(text))), (labelled.stderr, ''),
         ({dict(labels).get('service') for _, labels in several}, {'engine'}))
print(f'1..{count}')
sys.exit(1 if failed else 0)
