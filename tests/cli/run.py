#!/usr/bin/env python3
"""Runs a transcript of the command line and holds each command to what stands below it.

run.py PROGRAM FILE.t       (UPDATE_EXPECTED=1 in the environment rewrites FILE.t instead)

A line '$ command' is run by bash, with those that follow as '> more of it'. Below stand what it
prints, lines of stderr behind '! ', and its exit code as '[1]' if that is not 0. All else is
prose. The commands of a file share one scratch folder, where they start; `trackmem` is PROGRAM,
$TESTS the folder of this file, $BUILD that of PROGRAM.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def run(command, folder, program):
    with tempfile.TemporaryDirectory() as tools:
        os.symlink(program, Path(tools) / program.name)
        environment = {'PATH': f"{tools}:{os.environ['PATH']}", 'HOME': str(folder), 'LC_ALL': 'C',
                       'TERM': 'xterm', 'TESTS': str(Path(__file__).resolve().parent),
                       'BUILD': str(program.parent)}
        for name, value in os.environ.items():
            if name.startswith(('ASAN_', 'UBSAN_', 'TSAN_', 'LSAN_')):
                environment[name] = value
        result = subprocess.run(['bash', '-c', command], cwd=folder, env=environment,
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    lines = result.stdout.decode(errors='replace').splitlines()
    lines += ['! ' + line for line in result.stderr.decode(errors='replace').splitlines()]
    return lines + ([f'[{result.returncode}]'] if result.returncode else [])


def play(transcript, folder, program):
    """The transcript as it is now: what commands print is replaced up to the next empty line."""
    lines, out, at = transcript.splitlines(), [], 0
    while at < len(lines):
        line = lines[at]
        at += 1
        out.append(line)
        if not line.startswith('$ '):
            continue
        command = line[2:]
        while at < len(lines) and lines[at].startswith('> '):
            command += '\n' + lines[at][2:]
            out.append(lines[at])
            at += 1
        # An empty line of output is told from the end of the output by a mark.
        out += [text if text else '\\' for text in run(command, folder, program)]
        while at < len(lines) and lines[at] and not lines[at].startswith('$ '):
            at += 1
    return '\n'.join(out) + '\n'


def main(program, path):
    expected = path.read_text()
    with tempfile.TemporaryDirectory() as folder:
        actual = play(expected, Path(folder), program).replace(folder, 'SCRATCH')
    if os.environ.get('UPDATE_EXPECTED'):
        path.write_text(actual)
        return 0
    if actual == expected and re.search(r'^\$ ', expected, re.M):
        return 0
    print(f'{path.name} is not what the program prints '
          f'(if the new text is right: scripts/update-expected {path.stem})')
    sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), actual.splitlines(True),
                                               'expected', 'printed'))
    return 1


sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
