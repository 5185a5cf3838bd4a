#!/usr/bin/env python3
"""Reports of several threads at once come out whole, as text and as JSON, in a file and on stderr.

run.py AT_ONCE PROMISED   the program; how many reports it makes of each of its eight sizes
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM, PROMISED = sys.argv[1], int(sys.argv[2])
SIZES = range(1000, 1008)


def output(options, file):
    environment = dict(os.environ, TRACKMEM=options + (f',out={file}' if file else ''))
    result = subprocess.run([PROGRAM], env=environment, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True, timeout=120)
    assert result.returncode == 0, result
    assert not (file and result.stderr), result.stderr
    return Path(file).read_text() if file else result.stderr


def sizes_of_text(text):
    """Of whole reports only: from the title to what was done, in their order."""
    for report in text.removesuffix('\n\n').split('\n\n'):
        shape = re.sub(r'\n {3,}.*', '', report)
        labels = [row.split()[0] for row in shape.splitlines() if row.startswith('  ')]
        labels = [label for label in labels if label != 'module']
        assert report.startswith('trackmem: mismatched free: '), report[:3000]
        assert labels == ['block', 'allocated', 'freed', 'mend', 'now'], report[:9000]
        yield int(re.search(r'block .*? ([\d,]+) bytes', report)[1].replace(',', ''))


def sizes_of_json(text):
    for line in text.splitlines():
        report = json.loads(line)
        assert report['kind'] == 'mismatched-family', report
        assert len(report['allocated']['file']) == 2999, report
        yield report['block']['size_bytes']


def main():
    with tempfile.TemporaryDirectory() as folder:
        for mode in ('', 'check,', 'check,stacks=64,'):
            for words, sizes in (('text', sizes_of_text), ('json', sizes_of_json)):
                for file in (None, f'{folder}/report'):
                    options = f'{mode}misuse=report,repeats=0,format={words}'
                    count = collections.Counter(sizes(output(options, file)))
                    assert count == {size: PROMISED for size in SIZES}, (options, file, count)


main()
