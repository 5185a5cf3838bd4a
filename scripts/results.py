"""Runs 'meson test' in a build directory and counts what passed; used by test and matrix.

A TAP program (cmocka) counts once per case it names, every other program once.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path


class Count:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def __iadd__(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def __str__(self):
        text = f'{self.passed} passed, {self.failed} failed'
        return text + (f', {self.skipped} skipped' if self.skipped else '')


def count_cases(test):
    """The cases of one entry of testlog.json."""
    result = test['result']
    output = test.get('stdout') or ''
    bad = result not in ('OK', 'EXPECTEDFAIL', 'SKIP')
    if re.search(r'^1\.\.\d+', output, re.M):
        cases = re.findall(r'^(not )?ok\b(.*)$', output, re.M)
        skipped = sum(1 for no, rest in cases if re.search(r'# *skip', rest, re.I))
        failed = sum(1 for no, rest in cases if no)
        count = Count(len(cases) - skipped - failed, failed, skipped)
        # A crash or a short count fails even where every case seen so far was ok.
        if bad and not failed:
            count.failed = 1
        if not cases and not bad:
            count.skipped = 1
        return count
    if result == 'SKIP':
        return Count(skipped=1)
    return Count(failed=1) if bad else Count(passed=1)


def run_meson_tests(build, env=None, arguments=(), quiet=False):
    """Runs all tests of a build directory that is compiled; returns (Count, output)."""
    build = Path(build)
    log = build / 'meson-logs' / 'testlog.json'
    if log.exists():
        log.unlink()
    command = ['meson', 'test', '-C', str(build), '--no-rebuild', '--print-errorlogs',
               '--num-processes', str(os.cpu_count() or 2), *arguments]
    environment = dict(os.environ, **(env or {}))
    for name in ('TRACKMEM', 'MAKEFLAGS', 'MFLAGS', 'MAKELEVEL'):
        environment.pop(name, None)
    output = []
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          errors='replace') as process:
        for line in process.stdout:
            if re.match(r'ninja: |Full log written|\s*$', line):
                continue
            if re.match(r'(Ok|Expected Fail|Fail|Unexpected Pass|Skipped|Timeout): ', line):
                continue
            line = re.sub(r'\bPATH=\S+ ', '', line)
            output.append(line)
            if not quiet:
                sys.stdout.write(line)
                sys.stdout.flush()
    total = Count()
    if log.exists():
        for line in log.read_text(errors='replace').splitlines():
            total += count_cases(json.loads(line))
    if process.returncode and not total.failed:
        total.failed = 1
    return total, ''.join(output)
