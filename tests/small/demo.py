#!/usr/bin/env python3
"""Runs examples/firmware and holds what it sends to what its source says happens, and where.

demo.py PROGRAM SOURCE TOOLS    TOOLS: what stands before nm and addr2line
"""
import os
import shlex
import subprocess
import sys
from pathlib import Path

import frames
from frames import Stream

failures = 0


def check(what, holds):
    global failures
    if not holds:
        failures += 1
    print(f"{'ok' if holds else 'not ok'} - {what}")


def main(program, source, tools):
    wrapper = shlex.split(os.environ.get('MESON_EXE_WRAPPER', ''))
    result = subprocess.run([*wrapper, program], stdin=subprocess.DEVNULL, capture_output=True,
                            timeout=60)
    check('it ends as it should', result.returncode == 0)
    data = result.stdout
    stream = Stream(data)
    check('nothing is lost or broken',
          stream.is_whole() and stream.lost == 0 and stream.broken == 0)
    symbols = frames.Symbols(program, tools, stream.of(frames.BEGIN)[0]['anchor'])
    lines = Path(source).read_text().splitlines()

    def stands(address, function, remark):
        """Whether an address is the call in that function, on the line with that remark."""
        line = next(n for n, text in enumerate(lines, 1) if f'/* {remark} */' in text)
        found = symbols.place(address)
        if found != (function, 'main.c', line):
            print(f'# {found}, not {function} main.c {line}')
        return found == (function, 'main.c', line)

    events = {event['event']: event for event in stream.of(frames.EVENT)}
    check('the soft limit, where it was crossed',
          1 in events and events[1]['domain'] == 'network' and
          stands(events[1]['here'], 'network_step', 'the budget is hit'))
    check('the refusal, where it was met',
          2 in events and events[2]['domain'] == 'network' and
          stands(events[2]['here'], 'network_step', 'the budget is hit'))
    misuses = {misuse['id']: misuse for misuse in stream.of(frames.MISUSE)}
    mismatch = misuses.get('mismatched-family', {})
    check('the mismatched free, on both sides',
          mismatch.get('family') == 'aligned' and mismatch['verb'] == 'trackmem_free' and
          mismatch['domain'] == 'sensor' and mismatch['size'] == 128 and
          stands(mismatch['here'], 'sensor_step', 'the mismatched free') and
          stands(mismatch['allocated'], 'sensor_step', 'for DMA'))
    overrun = misuses.get('overrun', {})
    check('the overrun, where the block is from and where it was seen',
          overrun.get('size') == 20 and overrun['domain'] == 'sensor' and
          stands(overrun['here'], 'sensor_step', 'the overrun is seen here') and
          stands(overrun['allocated'], 'sensor_step', 'the short buffer'))
    sites = [site for site in stream.of(frames.SITE)]
    check('the leak, where it was allocated and where it was seen',
          5 in events and events[5]['bytes'] == 43 and len(sites) == 1 and
          sites[0]['bytes'] == 43 and sites[0]['blocks'] == 1 and
          stands(events[5]['here'], 'main', 'the leak is seen here') and
          stands(sites[0]['place'], 'logger_step', 'the line that is forgotten'))
    check('nothing but that', len(stream.of(frames.MISUSE)) == 2 and set(events) == {1, 2, 5})

    domains = {domain['name']: domain for domain in stream.of(frames.DOMAIN)}
    tasks = {task['name']: task['domain'] for task in stream.of(frames.TASK)}
    check('each task has its domain',
          all(tasks.get(name) == domains[name]['id'] for name in ('sensor', 'network', 'logger')))
    check('domains have what they held',
          domains['logger']['bytes'] == 43 and domains['queue']['bytes'] == 0 and
          700 < domains['network']['peak'] <= 1000 and domains['network']['refused'] >= 1 and
          domains['queue']['parent'] == domains['network']['id'])
    region = stream.of(frames.REGION)[0]
    check('the region has its figures',
          region['used_blocks'] == 1 and 0 < region['largest'] <= region['size'] and
          region['damages'] == 0)

    cut = Stream(data[:-3])
    check('a stream that is cut off is not whole', not cut.is_whole())
    hit = bytearray(data)
    hit[len(hit) // 2] ^= 1
    check('a bit that is wrong is seen',
          not Stream(bytes(hit)).is_whole() or Stream(bytes(hit)).lost != 0)
    noisy = Stream(b'boot \xf5\x74' + data + b'\xf5')
    check('noise between frames is passed over',
          noisy.is_whole() and len(noisy.frames) == len(stream.frames))
    print(f'{failures} failed' if failures else 'trackmem firmware demo: ok')
    return 1 if failures else 0


sys.exit(main(*sys.argv[1:]))
