#!/usr/bin/env python3
"""Runs one test program and holds it to what it must print.

run.py --marker LINE program         exit code 0, and LINE is the last thing on stdout
run.py --tap program                 a cmocka program: its TAP, mended where cmocka's differs
run.py --skip REASON                 says so: what the target cannot run
run.py --expected FILE program       stderr and the way it ended are what FILE says
                                     (UPDATE_EXPECTED=1 in the environment rewrites FILE); or it
                                     prints 'skipped: REASON' and ends with 77
run.py --expected-in-any-order FILE program   the same, but for the order of its reports

A marker, because an exit code alone proves nothing where an emulator may not have run the
program at all. In FILE, what differs from run to run is neutral: 0x# an address, PID a
process, # the alignment that every block has; the rows of modules are left out.
"""
import difflib
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path


def run(program):
    # Meson says here how programs of the target are started (qemu, wine).
    wrapper = shlex.split(os.environ.get('MESON_EXE_WRAPPER', ''))
    # Files, not pipes: wine's services inherit them and live on, and a pipe would stay open.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = subprocess.run(wrapper + program, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=err).returncode
        text = []
        for stream in (out, err):
            stream.seek(0)
            text.append(stream.read().decode(errors='replace').replace('\r\n', '\n'))
    return code, text[0], text[1]


def without_emulator(text):
    """qemu-user and wine add a line of their own when a signal or fault ends the program."""
    return re.sub(r'^(?:qemu: uncaught target signal|wine: Unhandled page fault) .*\n', '', text,
                  flags=re.M)


def in_qemu():
    return '/qemu-' in f"/{os.environ.get('MESON_EXE_WRAPPER', '')}"


def as_on_windows(text):
    """What must differ there: programs end in .exe, memory that is nobody's has other origins, and
    without UTF-8 an ellipsis takes three columns, which makes long places shorter yet. Functions
    stand below each other, by the longest place."""
    text = text.replace('.exe+0x', '+0x')
    text = text.replace("anonymous memory: mmap's, or the C library's heap",
                        "private memory: VirtualAlloc's, or a heap's")
    text = re.sub(r'(?:…|\.\.\.)/(?:\S+/)?([^/\s]+:\d+)', r'.../\1', text)
    return re.sub(r' +(\S+\(\))$', r'  \1', text, flags=re.M)


def without_unheld_thread(text):
    """ThreadSanitizer has a thread of its own, which nobody may hold; qemu-user has one, too, and
    no ptrace to hold any by. Elsewhere a thread that was not held is one too many."""
    if not in_qemu() and 'TSAN_OPTIONS' not in os.environ:
        return text
    text = re.sub(r'^  threads +1 of 1 other thread ran on meanwhile '
                  r'\((?:ThreadSanitizer cannot be held|no helper process)\):.*\n {15}.*\n',
                  '', text, flags=re.M)
    return text.replace('"threads_held":0,"threads_running":1,',
                        '"threads_held":0,"threads_running":0,')


def as_touched(text):
    """Under qemu-user the processor does not tell how memory was touched."""
    text = re.sub(r'(: |^)an? (?:write|read|access) ', r'\1an access ', text, flags=re.M)
    return re.sub(r'^  (?:written|read   |touched) ', '  touched ', text, flags=re.M)


def ending(code):
    if code < 0 or code in (128 + signal.SIGABRT, 3):
        # A shell or qemu reports 128+n, and Windows' abort() ends with 3.
        number = -code if code < 0 else signal.SIGABRT
        return f'killed by {signal.Signals(number).name}'
    if code in (128 + signal.SIGSEGV, 5):
        # So qemu says that a fault ended it, and wine.
        return 'killed by SIGSEGV'
    return f'exit {code}'


def neutral(text):
    text = re.sub(r'0x[0-9a-fA-F]+', '0x#', text)
    text = re.sub(r'\b(pid|process|thread) \d+', r'\1 #', text)
    text = re.sub(r'"process":\d+', '"process":PID', text)
    # What every block is aligned to differs from CPU to CPU.
    text = re.sub(r'("alignment_bytes":|not a multiple of )(8|16)\b', r'\1#', text)
    text = re.sub(r' bytes aligned to 16(?=,)', ' bytes', text)
    # The linker of some (MIPS) exports main, so that its name is known.
    text = re.sub(r'(\+0x#) +main\(\)$', r'\1', text, flags=re.M)
    # The largest size there is, in 32 bits.
    text = text.replace('4,294,967,295', '18,446,744,073,709,551,615')
    text = re.sub(r'(?:\.\./)+((?:tests|src|include)/)', r'\1', text)
    text = text.replace(f'{Path(__file__).resolve().parents[1]}/', '')
    # The file that a fault was in, by path and build-id.
    return re.sub(r'^  module .*\n', '', text, flags=re.M)


def check_marker(marker, program):
    code, out, err = run(program)
    lines = out.strip().splitlines()
    if code == 0 and lines and lines[-1].strip() == marker:
        print(out, end='')
        return 0
    print(out + err, end='')
    print(f'-- {ending(code)}; the last line of stdout must be: {marker}')
    return 1


def sorted_reports(text):
    return ''.join(sorted(report + '\n\n' for report in text.split('\n\n') if report.strip()))


def check_expected(path, program, in_any_order):
    code, out, err = run(program)
    if code == 77 and out.startswith('skipped: '):
        print(out, end='')
        return code
    err = without_unheld_thread(without_emulator(err))
    if in_any_order:
        err = sorted_reports(err)
    actual = neutral(err) + ('' if err.endswith('\n') or not err else '\n')
    actual += f'-- {ending(code)}\n'
    if os.environ.get('UPDATE_EXPECTED'):
        path.write_text(actual)
    expected = path.read_text() if path.exists() else ''
    if actual == expected or program[0].endswith('.exe') and (
            as_on_windows(actual) == as_on_windows(expected)):
        return 0
    if in_qemu() and as_touched(actual) == as_touched(expected):
        return 0
    print(f'{path.name} is not what the program printed '
          f'(if the new text is right: scripts/update-expected {path.stem})')
    sys.stdout.writelines(difflib.unified_diff(
        expected.splitlines(True), actual.splitlines(True), 'expected', 'printed'))
    if out:
        print('-- stdout:\n' + out, end='')
    return 1


def check_tap(program):
    """cmocka writes a skipped case as 'not ok N # SKIP name'; TAP says 'ok N - name # SKIP'."""
    os.environ['CMOCKA_MESSAGE_OUTPUT'] = 'TAP'
    code, out, err = run(program)
    out = re.sub(r'^not ok (\d+) # SKIP (.*)$', r'ok \1 - \2 # SKIP', out, flags=re.M)
    print(out, end='')
    # Meson shows the stderr of a TAP program that failed: say there what went wrong.
    failures = re.findall(r'^not ok .*\n(?:#.*\n)*', out, re.M)
    sys.stderr.write(err + ''.join(failures))
    planned = re.search(r'^1\.\.(\d+)', out, re.M)
    ran = len(re.findall(r'^(?:not )?ok\b', out, re.M))
    if not planned or ran != int(planned.group(1)) or (code and not failures):
        sys.stderr.write(f'{out[-2000:]}\n-- {ending(code)} after {ran} cases\n')
        return code or 1
    return code


def main(arguments):
    mode, what, *program = arguments
    # A program that is out of time may block this signal: it is killed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('run.py: out of time'))
    if mode == '--skip':
        print(f'skipped: {what}')
        return 77
    if mode == '--tap':
        return check_tap([what, *program])
    if mode == '--marker':
        return check_marker(what, program)
    return check_expected(Path(what), program, mode == '--expected-in-any-order')


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
