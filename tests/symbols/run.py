#!/usr/bin/env python3
"""The stacks of a planted bug, with functions, lines and inlined calls, exactly.

run.py TRACKMEM LIBRARY INCLUDE [COMPILER...]   each compiler, at -O0 and -O2, with and without
                                                frame pointers; by the helper and afterwards
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE / 'planted.c'
lines = {name: number for number, line in enumerate(SOURCE.read_text().splitlines(), 1)
         for name in re.findall(r'/\* line: (.*) \*/', line)}


def stacks(report):
    """The frames below each label, as [function:line, ...]; those of ours and the C library's
    start are left out."""
    found, label = {}, None
    for line in report.splitlines():
        row = re.match(r'  (\S.*?)  ', line)
        frame = re.match(r' +(?:#\d+ |inlined into )(\w+)\(\)(?:  (\S+):(\d+))?$', line)
        if frame and not re.match(r'trackmem_|_', frame[1]):
            inlined = 'in ' if 'inlined into' in line else ''
            found.setdefault(label, []).append(f'{inlined}{frame[1]}:{frame[3]}')
        elif row:
            label = row[1]
        assert not re.search(r'planted\+0x', line), f'not resolved: {line}'
    return found


def run(program, trackmem, options):
    environment = dict(os.environ, TRACKMEM='check,stacks=16,misuse=report,' + options)
    environment['PATH'] = f"{trackmem.parent}:{environment['PATH']}"
    result = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result
    return result.stderr


def check(compiler, flags, trackmem, library, include, folder):
    program = folder / 'planted'
    subprocess.run([compiler, '-g', *flags, f'-I{include}', SOURCE, '-o', program, library,
                    f'-Wl,-rpath,{library.parent}'], check=True, stdout=subprocess.DEVNULL)
    expected = {
        'allocated': [f"copy:{lines['copy']}", f"in load:{lines['load']}",
                      f"main:{lines['main loads']}"],
        'noticed': [f"finish:{lines['finish']}", f"main:{lines['main finishes']}"],
    }
    later = subprocess.run([trackmem, 'symbols'], input=run(program, trackmem, 'symbols=none'),
                           capture_output=True, text=True, check=True).stdout
    for how, report in (('helper', run(program, trackmem, 'symbols=helper')), ('later', later)):
        found = stacks(report)
        if found != expected:
            sys.exit(f'{compiler} {flags}, {how}: {found}\nis not {expected}\n{report}')
    stripped = folder / 'stripped'
    shutil.copy(program, stripped)
    subprocess.run(['strip', stripped], check=True)
    assert 'stripped+0x' in run(stripped, trackmem, 'symbols=none')
    assert 'overrun' in run(stripped, trackmem, 'symbols=helper')


def main(trackmem, library, include, *compilers):
    tried = 0
    for compiler in filter(shutil.which, compilers):
        for level in ('-O0', '-O2'):
            for frames in ('-fomit-frame-pointer', '-fno-omit-frame-pointer'):
                with tempfile.TemporaryDirectory() as folder:
                    check(compiler, [level, frames], Path(trackmem).resolve(),
                          Path(library).resolve(), include, Path(folder))
                    tried += 1
    print(f'{tried} builds')
    return 0 if tried else 77


sys.exit(main(*sys.argv[1:]))
