#!/usr/bin/env python3
"""Runs a program under a tool that watches the heap, and holds it to what the tool must say.

run.py memcheck|asan NAME PROGRAM    a bug of this folder; 'correct': nothing is said

asan: AddressSanitizer is in the program. Each line below is a pattern that the output has.
"""
import os
import re
import subprocess
import sys

SITE = r'tests/misuse/watched/{name}\.c'
EXPECTED = {
    'memcheck': {
        'overrun_by_a_byte': [r'Invalid write of size 1',
                              r'is 0 bytes after a block of size 100 ',
                              r'by 0x\w+: main \(overrun_by_a_byte\.c:8\)'],
        'underrun_by_a_byte': [r'Invalid write of size 1',
                               r'is 1 bytes before a block of size 100 ',
                               r'by 0x\w+: main \(underrun_by_a_byte\.c:8\)'],
        'read_after_free': [r'Invalid read of size 1',
                            r"is 8 bytes inside a block of size 100 free'd",
                            r'by 0x\w+: main \(read_after_free\.c:10\)',
                            r"Block was alloc'd at",
                            r'by 0x\w+: main \(read_after_free\.c:8\)'],
        'aligned_read_past_end': [r'Invalid read of size 1',
                                  r'is 0 bytes after a block of size 104 '],
        'leak': [r'100 bytes in 1 blocks are definitely lost',
                 r'by 0x\w+: lose \(leak\.c:10\)',
                 r'definitely lost: 100 bytes in 1 blocks',
                 r'possibly lost: 0 bytes in 0 blocks',
                 r'still reachable: 50 bytes in 1 blocks'],
    },
    'asan': {
        'overrun_by_a_byte': [r'AddressSanitizer: heap-buffer-overflow',
                              r'^trackmem: 0x\w+: 0 bytes past the end of a 100-byte block of '
                              r'domain process, allocated at \S*' + SITE + ':8, live$'],
        'underrun_by_a_byte': [r'AddressSanitizer: use-after-poison',
                               r'^trackmem: 0x\w+: 1 byte before the start of a 100-byte block of '
                               r'domain process, allocated at \S*' + SITE + ':8, live$'],
        'read_after_free': [r'AddressSanitizer: heap-use-after-free',
                            r'^trackmem: 0x\w+: 8 bytes into a 100-byte block of domain process, '
                            r'allocated at \S*' + SITE + r':8, freed at \S*' + SITE +
                            ':10$'],
        'aligned_read_past_end': [r'AddressSanitizer: (use-after-poison|heap-buffer-overflow)',
                                  r'^trackmem: 0x\w+: 0 bytes past the end of a 104-byte block '],
        'leak': [r'LeakSanitizer: detected memory leaks', r'in lose .*leak\.c:10',
                 r'SUMMARY: AddressSanitizer: \d+ byte\(s\) leaked in 1 allocation'],
    },
}
COMMAND = {
    'memcheck': ['valgrind', '--leak-check=full', '--error-exitcode=99'],
    'asan': [],
}
# Stacks go through an optimised library; what one still holds of a lost pointer is not asked here.
SETTINGS = {'ASAN_OPTIONS': 'detect_leaks=1:abort_on_error=0:exitcode=99:fast_unwind_on_malloc=0',
            'LSAN_OPTIONS': 'use_stacks=0:use_registers=0'}

tool, name, program = sys.argv[1:]
result = subprocess.run(COMMAND[tool] + [program], stdin=subprocess.DEVNULL, text=True,
                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                        env=dict(os.environ, **SETTINGS))
wrong = []
if name == 'correct':
    clean = tool == 'asan' and not result.stdout or 'ERROR SUMMARY: 0 errors' in result.stdout
    if result.returncode or not clean:
        wrong.append('a correct program is not silent')
else:
    wrong += [f'no line with: {pattern}' for pattern in EXPECTED[tool][name]
              if not re.search(pattern.format(name=name), result.stdout, re.M)]
    if result.returncode != 99:
        wrong.append('the tool reported nothing')
if wrong:
    print(result.stdout + f'-- exit {result.returncode}\n' + '\n'.join(wrong))
sys.exit(bool(wrong))
