#!/usr/bin/env python3
"""Runs examples/firmware, has `trackmem report` read what it sends, and holds that to what its
source says happens, and where.

demo.py PROGRAM SOURCE
The command is $TRACKMEM_COMMAND, or that of build/debug or build/release.
"""
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
failures = 0


def check(what, holds):
    global failures
    if not holds:
        failures += 1
    print(f"{'ok' if holds else 'not ok'} - {what}")


def command():
    places = [os.environ.get('TRACKMEM_COMMAND', ''), ROOT / 'build/debug/tools/trackmem',
              ROOT / 'build/release/tools/trackmem']
    for place in filter(None, places):
        if os.access(place, os.X_OK):
            return place
    print('there is no command trackmem, by which this is read: scripts/build debug')
    sys.exit(77)


def report(data, *arguments):
    """What the command prints and how it ends, for a stream on its standard input."""
    result = subprocess.run([command(), 'report', *arguments, '-'], input=data,
                            capture_output=True, timeout=60)
    if result.stderr:
        print('#', result.stderr.decode().strip())
    return result.stdout.decode(), result.returncode


def main(program, source):
    wrapper = shlex.split(os.environ.get('MESON_EXE_WRAPPER', ''))
    result = subprocess.run([*wrapper, program], stdin=subprocess.DEVNULL, capture_output=True,
                            timeout=60)
    check('it ends as it should', result.returncode == 0)
    text, code = report(result.stdout, '--elf', program)
    print(text)
    check('findings are told by the exit code', code == 1)
    objects, _ = report(result.stdout, '--elf', program, '--json')
    objects = [json.loads(line) for line in objects.splitlines()]
    lines = Path(source).read_text().splitlines()

    def stands(place, function, remark):
        """Whether a place is the call in that function, on the line with that remark; in both
        kinds of report."""
        line = next(n for n, words in enumerate(lines, 1) if f'/* {remark} */' in words)
        found = (place.get('function'), Path(place.get('file', '')).name, place.get('line'))
        if found != (function, 'main.c', line):
            print(f'# {found}, not {function} main.c {line}')
            return False
        into = [call.get('function') for call in place.get('inlined_by', [])]
        if function in into:
            print(f'# {function} is inlined into {into}')
            return False
        return f'main.c:{line}  {function}()' in text

    def of(kind):
        return [thing for thing in objects if thing.get('kind') == kind] or [{}]

    soft, hard = of('soft-limit')[0], of('refused-by-budget')[0]
    check('the soft limit, where it was crossed', soft.get('domain') == 'network' and
          stands(soft['here'], 'network_step', 'the budget is hit'))
    check('the refusal, where it was met', hard.get('domain') == 'network' and
          stands(hard['here'], 'network_step', 'the budget is hit'))
    mismatch = of('mismatched-family')[0]
    check('the mismatched free, on both sides',
          mismatch.get('verb') == 'trackmem_free' and mismatch['domain'] == 'sensor' and
          mismatch['block']['family'] == 'aligned' and mismatch['block']['size_bytes'] == 128 and
          stands(mismatch['here'], 'sensor_step', 'the mismatched free') and
          stands(mismatch['allocated'], 'sensor_step', 'for DMA'))
    overrun = of('overrun')[0]
    check('the overrun, where the block is from, where it was seen, and what was written',
          overrun.get('domain') == 'sensor' and overrun['block']['size_bytes'] == 20 and
          overrun['damage'] == {'first_offset': 20, 'last_offset': 20, 'changed_bytes': 1,
                                'found': '14', 'reaches_edge': False} and
          stands(overrun['here'], 'sensor_step', 'the overrun is seen here') and
          stands(overrun['allocated'], 'sensor_step', 'the short buffer'))
    leak = of('window-leak')[0]
    check('the leak, where it was allocated and where it was seen',
          leak.get('live_bytes') == 43 and leak['live_blocks'] == 1 and
          len(leak['sites']) == 1 and
          stands(leak['here'], 'main', 'the leak is seen here') and
          stands(leak['sites'][0]['place'], 'logger_step', 'the line that is forgotten'))
    accounting = [thing for thing in objects if thing['type'] == 'accounting']
    kinds = {thing['kind'] for thing in objects if 'kind' in thing}
    check('nothing but that', len(accounting) == 1 and len(kinds) == 5)

    accounting = accounting[0]
    domains = {domain['path']: domain for domain in accounting['domains']}
    check('each task has its domain', accounting['tasks'] == [
        {'name': name, 'domain': name, 'now': name} for name in ('sensor', 'network', 'logger')])
    check('domains have what they held',
          domains['logger']['alone']['live_bytes'] == 43 and
          domains['network/queue']['alone']['live_bytes'] == 0 and
          700 < domains['network']['alone']['peak_bytes'] <= 1000 and
          domains['network']['alone']['refused'] >= 1)
    region = accounting['regions'][0]
    check('the region has its figures',
          region['used_blocks'] == 1 and 0 < region['largest_free_bytes'] < region['free_bytes'] <
          region['size_bytes'] and 0 < region['fragmentation_permille'] < 1000 and
          region['damages'] == 0)
    check('the text has a table of tasks and one of regions',
          'High water  Domain' in text and 'Largest free    Fragmented' in text)
    _, code = report(result.stdout, '--elf', command())
    check('another program is refused', code == 2)
    print(f'{failures} failed' if failures else 'trackmem firmware demo: ok')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
