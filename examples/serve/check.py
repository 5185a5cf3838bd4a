#!/usr/bin/env python3
"""Asks examples/serve for its metrics over HTTP, as Prometheus does; prints TAP: check.py SERVE"""
import importlib.util
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'tests' / 'metrics'))
if importlib.util.find_spec('prometheus_client') is None:
    print('1..0 # SKIP needs prometheus_client (Debian: python3-prometheus-client)')
    sys.exit(0)
from exposition import get, parse

TILES = {'domain': 'engine/tiles'}
failed = 0
count = 0


def case(name, *conditions):
    global failed, count
    count += 1
    wrong = [str(shown) for held, shown in conditions if not held]
    failed += bool(wrong)
    print(f"{'not ok' if wrong else 'ok'} {count} - {name}")
    print(''.join(f'# {text}\n' for text in wrong), end='')


def ask(url, method='GET'):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=30) as page:
            return page.status, page.headers, page.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def wait_for(url, seconds, condition):
    """The first metrics of which the condition holds; the last ones if none does in time."""
    end = time.monotonic() + seconds
    while True:
        samples = parse(ask(url)[2])
        if condition(samples) or time.monotonic() > end:
            return samples
        time.sleep(0.1)


def total(samples, name):
    return get(samples, f'trackmem_{name}_total', **TILES)


serve = subprocess.Popen([sys.argv[1], '0'], stdout=subprocess.PIPE, text=True)
try:
    url = serve.stdout.readline().strip()
    code, headers, text = ask(url)
    first = parse(text)
    case('the metrics are served with the content type of the format',
         (code == 200, code), (headers['Content-Type'].startswith('text/plain; version=0.0.4'),
                               headers['Content-Type']),
         (int(headers['Content-Length']) == len(text.encode()), headers['Content-Length']))
    later = wait_for(url, 60, lambda now: total(now, 'domain_allocated_blocks') >
                     total(first, 'domain_allocated_blocks') and
                     total(now, 'domain_budget_refusals') > 0)
    case('they follow the program: it allocates, and its budget refuses',
         (total(later, 'domain_allocated_blocks') > total(first, 'domain_allocated_blocks'), later),
         (total(later, 'domain_budget_refusals') > 0, later),
         (get(later, 'trackmem_domain_refusals_total', reason='budget', **TILES) > 0, later),
         (get(later, 'trackmem_domain_budget_hard_bytes', **TILES) == 3 << 20, later),
         (get(later, 'trackmem_domain_tree_charged_bytes', **TILES) <= 3 << 20, later))
    with ThreadPoolExecutor(8) as pool:
        pages = [parse(page[2]) for page in pool.map(ask, [url] * 40)]
    case('forty requests, eight at a time, are all answered whole',
         (all(get(page, 'trackmem_misuse_total') == 0 for page in pages), pages[0]))
    code, headers, text = ask(url, 'HEAD')
    case('HEAD gives no body', (code == 200, code), (text == '', text))
    code, _, text = ask(url.replace('/metrics', '/'))
    case('another path says where they are', (code == 404, code), ('/metrics' in text, text))
    case('what changes something is refused', (ask(url, 'POST')[0] == 405, 'POST'))
    serve.send_signal(signal.SIGTERM)
    case('it ends when it is told to', (serve.wait(30) == 0, serve.returncode))
finally:
    serve.kill()
print(f'1..{count}')
sys.exit(1 if failed else 0)
