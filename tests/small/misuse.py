#!/usr/bin/env python3
"""Runs a program with one bug in the small profile, has `trackmem report` read the frames that it
sends, and holds the words to a file, as run.py --expected does: the same file where a program of
tests/misuse has the same words, with symbols from the program's ELF.

misuse.py EXPECTED PROGRAM      (UPDATE_EXPECTED=1 in the environment rewrites EXPECTED)
"""
import difflib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / 'tests'), str(ROOT / 'tests/small')]
import demo  # noqa: E402
import run  # noqa: E402


def main(path, program):
    wrapper = shlex.split(os.environ.get('MESON_EXE_WRAPPER', ''))
    frames = subprocess.run([*wrapper, program], stdin=subprocess.DEVNULL, capture_output=True,
                            timeout=60)
    text, _ = demo.report(frames.stdout, '--elf', program)
    actual = run.neutral(text + frames.stderr.decode(errors='replace'))
    # With what a block costs beside its bytes, which differs.
    actual = re.sub(r'(a request of) [0-9,]+ (bytes)', r'\1 # \2', actual)
    actual += f'-- {run.ending(frames.returncode)}\n'
    path = Path(path)
    if os.environ.get('UPDATE_EXPECTED'):
        path.write_text(actual)
    expected = path.read_text() if path.exists() else ''
    if actual == expected:
        return 0
    print(f'{path.name} is not what trackmem report made of it')
    sys.stdout.writelines(difflib.unified_diff(
        expected.splitlines(True), actual.splitlines(True), 'expected', 'printed'))
    return 1


sys.exit(main(*sys.argv[1:]))
