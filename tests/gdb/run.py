#!/usr/bin/env python3
"""trackmem's gdb commands on a process that is stopped, and on its core.

run.py VICTIM [SCRIPT]     SCRIPT: the file with the commands, if it is not the source's own
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / 'tools' / 'gdb' / 'trackmem.py'
LINES = {name: number for number, line in
         enumerate((Path(__file__).parent / 'victim.c').read_text().splitlines(), 1)
         for name in re.findall(r'/\* line: (.*) \*/', line)}
LOOK = ['trackmem block kept', 'trackmem block kept + 1003', 'trackmem block freed + 5',
        'trackmem block &kept', 'trackmem domains', 'trackmem leaks']
WANTED = [
    r'0x\w+ is 0 bytes into a block of 1000 bytes at 0x\w+, live\n'
    r'  domain       engine/textures\n  allocated    \S*victim\.c:{keep}  load\(\)\n'
    r'  allocated at\n'
    r'(?:    #\d .*trackmem_malloc.*\n)?    #\d 0x\w+ load\(\)  \S*victim\.c:{keep}\n'
    r'    #\d 0x\w+ main\(\)  \S*victim\.c:{load}\n',
    r'0x\w+ is 3 bytes past the end of a block of 1000 bytes',
    r'0x\w+ is 5 bytes into a block of 300 bytes at 0x\w+, freed\n(?:.*\n)+?  freed at\n'
    r'(?:    #\d .*trackmem_free.*\n)?    #\d 0x\w+ main\(\)  \S*victim\.c:{free}\n',
    r'0x\w+ is in no block that is known, nor near one\n',
    r' process\n(?:.*\n)*.* engine\n.* engine/textures\n',
    r'         1,000         1  engine/textures, \S*victim\.c:{keep}  load\(\)\n'
    r'           140         7  engine, \S*victim\.c:{keep more}  load\(\)\n',
]


def gdb(options, *arguments):
    environment = dict(os.environ, TRACKMEM=f'{options},stacks=16', DEBUGINFOD_URLS='')
    result = subprocess.run(['gdb', '-nx', '-batch', '-ex', 'set confirm off', *arguments],
                            env=environment, capture_output=True, text=True, timeout=120,
                            stdin=subprocess.DEVNULL)
    return result.stdout, result.stderr


def look_for_remark(victim, script):
    """Where blocks are not known, or not all, that is said, and not an empty table alone."""
    for options, wanted in (('redzone=0', 'blocks are not known one by one'),
                            ('guard=sample:2', 'only the blocks that guard=sample: took')):
        out, err = gdb(options, victim, '-ex', 'break look', '-ex', 'run', '-x', script,
                       '-ex', 'trackmem block &kept', '-ex', 'trackmem leaks')
        if out.count(f'check mode is off: {wanted}') != 2:
            sys.exit(f'{options}: not said twice: {wanted}\n{out}\n-- errors:\n{err}')


def look(where, script, options, *arguments):
    commands = [word for command in LOOK for word in ('-ex', command)]
    out, err = gdb(options, *arguments, '-x', script, *commands)
    at = 0
    for wanted in WANTED:
        for name, number in LINES.items():
            wanted = wanted.replace('{' + name + '}', str(number))
        found = re.compile(wanted).search(out, at)
        if not found:
            sys.exit(f'{where}: not found: {wanted}\n-- printed:\n{out}\n-- errors:\n{err}')
        at = found.end()


def main(victim, script=SCRIPT):
    if not shutil.which('gdb'):
        print('skipped: no gdb here')
        return 77
    for run, options in (('run', 'check'), ('run crowded', 'check'), ('run', 'guard=after'),
                         ('run', 'check,quarantine=protect')):
        with tempfile.TemporaryDirectory() as folder:
            core = f'{folder}/core'
            stop = [victim, '-ex', 'break look', '-ex', run]
            out, err = gdb(options, *stop, '-ex', f'generate-core-file {core}')
            if 'ptrace: Operation not permitted' in err or 'Could not trace' in err:
                print('skipped: the system lets nobody trace here')
                return 77
            look(f'{run}, {options}: process', str(script), options, *stop)
            look(f'{run}, {options}: core', str(script), options, victim, '-core', core)
    look_for_remark(victim, str(script))
    return 0


sys.exit(main(*sys.argv[1:]))
