#!/usr/bin/env python3
"""Runs each misuse program in each mode: what must be found there stands in matrix.table.

matrix.py TABLE FOLDER COMPILER... [-- FLAGS]   compiles the programs into FOLDER; TAP
matrix.py --write TABLE ...                     runs each a few times, and writes what it saw

A cell holds a letter for each report, in their order:

    O overrun   U underrun   W write after free   F use after free   D double free   I interior
    X foreign   A absurd size   S wrong size   M misaligned   N unchecked NULL   P mismatched family
    H damaged header

A small letter is a report by a fault, which ends the program at the bug itself. '.' is silence and
exit 0; what may come by chance (which side a sampled block's guard stands on) is told apart by '/'.
'-' is not run: nothing there keeps the bug from doing harm, or it would take minutes. Leaks are
left to tests/misuse/leaks: what a stack still holds decides there.
"""
import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MODES = {
    'accounting': 'misuse=report',
    'no-reuse': 'reuse=off',
    'mimalloc': 'backend=mimalloc',
    'check': 'check,leaks=off,misuse=report',
    'full': 'check,leaks=off,redzone=128,fill=full,quarantine=16M,misuse=report',
    'stacks': 'check,leaks=off,stacks=16,misuse=report',
    'sweeping': 'check,leaks=off,check_every=1,quarantine=64K,misuse=report',
    'on-mimalloc': 'check,leaks=off,backend=mimalloc,misuse=report',
    'protect': 'check,leaks=off,quarantine=protect,misuse=report',
    'after': 'guard=after',
    'before': 'guard=before',
    'to-the-byte': 'guard=after,guard_align=1',
    'sample': 'guard=sample:1',
}
LETTERS = {'overrun': 'O', 'underrun': 'U', 'write-after-free': 'W', 'use-after-free': 'F',
           'double-free': 'D', 'interior-pointer': 'I', 'foreign-pointer': 'X',
           'absurd-size': 'A', 'wrong-size': 'S', 'misaligned-pointer': 'M',
           'unchecked-null': 'N', 'mismatched-family': 'P', 'damaged-header': 'H'}
TRIES = {'sample': 8}  # else 1: where chance decides


def compile_all(names, here, folder, command):
    """Those whose source, library or command changed; returns what went wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / 'command'
    if not stamp.exists() or stamp.read_text() != repr(command):
        for old in folder.iterdir():
            old.unlink()
        stamp.write_text(repr(command))
    library = max(Path(word).stat().st_mtime for word in command if word.endswith('.a'))

    def one(name):
        program = folder / name.replace('/', '_')
        source = here / f'{name}.c'
        if program.exists() and program.stat().st_mtime > max(library, source.stat().st_mtime):
            return None
        result = subprocess.run([*command[:1], str(source), *command[1:], '-o', str(program)],
                                capture_output=True, text=True)
        return result.stderr if result.returncode else None
    with ThreadPoolExecutor(2) as pool:
        return [error for error in pool.map(one, names) if error]


def letter(report):
    found = LETTERS.get(report['kind'], f"({report['kind']})")
    return found.lower() if 'access' in report else found


def run(program, mode):
    """The cell that one run gives, or what is wrong with it."""
    environment = dict(os.environ, TRACKMEM=MODES[mode] + ',format=json')
    try:
        result = subprocess.run([str(program)], stdin=subprocess.DEVNULL, capture_output=True,
                                env=environment, timeout=240)
    except subprocess.TimeoutExpired:
        return 'timeout'
    found = ''
    for line in result.stderr.decode(errors='replace').splitlines():
        if not line.startswith('{'):
            return f'said: {line}'
        found += letter(json.loads(line))
    ends = -signal.SIGSEGV if found[-1:].islower() else 0
    # A child that faulted makes its parent end as it likes.
    if result.returncode != ends and not (found[-1:].islower() and result.returncode >= 0):
        return f'{found or "."} and exit {result.returncode}'
    return found or '.'


def read_table(path):
    rows = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith('#'):
            name, *cells = line.split()
            if name == 'program':
                columns = cells
            else:
                rows[name] = dict(zip(columns, cells))
    return rows


def write_table(path, rows):
    opening = [line for line in path.read_text().splitlines() if line.startswith('#')]
    width = max(map(len, rows))
    lines = [*opening, 'program'.ljust(width) + '  ' + '  '.join(MODES)]
    for name, cells in rows.items():
        lines.append(name.ljust(width) + '  ' +
                     '  '.join(cells[mode].ljust(len(mode)) for mode in MODES).rstrip())
    path.write_text('\n'.join(lines) + '\n')


def observe(program, mode, before):
    """Every cell that some runs give; '-' stays, and a crash becomes one."""
    if before == '-':
        return '-'
    seen = {run(program, mode) for _ in range(TRIES.get(mode, 1))}
    return '-' if any(' ' in cell for cell in seen) else '/'.join(sorted(seen, reverse=True))


def main(arguments):
    write = arguments[:1] == ['--write']
    table, folder, *command = arguments[1:] if write else arguments
    table, folder = Path(table), Path(folder)
    rows = read_table(table)
    errors = compile_all(rows, table.parent, folder, command)
    cells = [(name, mode) for name in rows for mode in MODES]

    def one(cell):
        name, mode = cell
        program = folder / name.replace('/', '_')
        if write:
            return observe(program, mode, rows[name].get(mode))
        return '-' if rows[name][mode] == '-' else run(program, mode)
    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(cells, pool.map(one, cells)))
    if write:
        write_table(table, {name: {mode: results[name, mode] for mode in MODES} for name in rows})
        return 1 if errors else 0
    print('1..' + str(len(rows)))
    for number, name in enumerate(rows, 1):
        wrong = [f'# in {mode}: {results[name, mode]}, expected {rows[name][mode]}'
                 for mode in MODES if results[name, mode] not in rows[name][mode].split('/')]
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
        if wrong:
            print('\n'.join(wrong))
    print(re.sub('^', '# ', '\n'.join(errors), flags=re.M) if errors else '# all compiled')
    return 0


sys.exit(main(sys.argv[1:]))
