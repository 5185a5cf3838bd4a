#!/usr/bin/env python3
"""The stacks of a planted bug, with functions, lines and inlined calls, exactly.

run.py TRACKMEM LIBRARY RESOLVER INCLUDE [COMPILER...]
    each compiler, at -O0 and -O2, with and without frame pointers; by the helper, in the process,
    and afterwards; a helper that hangs, and a report file that is full
"""
import itertools
import json
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
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


def run(program, helper, options, code=0, arguments=()):
    """The helper is found in this folder only; None: nowhere."""
    environment = dict(os.environ, TRACKMEM='check,stacks=16,misuse=report,' + options)
    environment['PATH'] = str(helper or '/nonexistent')
    environment.pop('LD_LIBRARY_PATH', None)  # the copy of the library is meant
    result = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True,
                            timeout=60)
    assert result.returncode == code, result
    return result.stderr


def build(compiler, flags, include, folder):
    program = folder / 'planted'
    subprocess.run([compiler, '-g', *flags, f'-I{include}', SOURCE, '-o', program,
                    folder / 'libtrackmem.so.0', f'-Wl,-rpath,{folder}'],
                   check=True, stdout=subprocess.DEVNULL)
    return program


def check(compiler, flags, trackmem, include, folder):
    program = build(compiler, flags, include, folder)
    expected = {
        'allocated': [f"copy:{lines['copy']}", f"in load:{lines['load']}",
                      f"main:{lines['main loads']}"],
        'noticed': [f"finish:{lines['finish']}", f"main:{lines['main finishes']}"],
    }
    later = subprocess.run([trackmem, 'symbols'], input=run(program, None, 'symbols=none'),
                           capture_output=True, text=True, check=True).stdout
    for how, report in (('helper', run(program, trackmem.parent, 'symbols=helper')),
                        ('inprocess', run(program, None, 'symbols=inprocess')), ('later', later)):
        found = stacks(report)
        if found != expected:
            sys.exit(f'{compiler} {flags}, {how}: {found}\nis not {expected}\n{report}')
    stripped = folder / 'stripped'
    shutil.copy(program, stripped)
    subprocess.run(['strip', stripped], check=True)
    assert 'stripped+0x' in run(stripped, None, 'symbols=none')
    for how in ('helper', 'inprocess'):
        assert 'overrun' in run(stripped, trackmem.parent, f'symbols={how}')


def on_a_terminal(program, helper, options):
    """What it writes there, with its colours."""
    reader, terminal = pty.openpty()
    environment = dict(os.environ, PATH=str(helper), TERM='xterm', TRACKMEM=options)
    environment.pop('NO_COLOR', None)
    with subprocess.Popen([program], env=environment, stderr=terminal) as process:
        os.close(terminal)
        text = b''
        try:
            while part := os.read(reader, 4096):
                text += part
        except OSError:  # the end
            pass
    os.close(reader)
    assert process.returncode == -signal.SIGSEGV, (process, text)
    return text.decode()


def check_fault(compiler, flags, trackmem, include, folder):
    """The instruction itself is told, and found again; without stacks, too."""
    program = build(compiler, ['-O1', *flags], include, folder)
    guarded = 'guard=after,guard_align=1'
    copied = rf"^  written +copy\(\)  \S+:{lines['write']}$\n +inlined into load\(\)"
    report = run(program, None, f'{guarded},symbols=none,stacks=0', -signal.SIGSEGV)
    assert re.search(r'^  written +planted\+0x[0-9a-f]+$', report, re.M), report
    assert report.count('  module ') == 1, report
    later = subprocess.run([trackmem, 'symbols'], input=report, capture_output=True, text=True,
                           check=True).stdout
    helped = run(program, trackmem.parent, f'{guarded},symbols=helper,stacks=0', -signal.SIGSEGV)
    for text in (later, helped):
        assert re.search(copied, text, re.M), text
    for how in ('helper', 'none'):
        text = on_a_terminal(program, trackmem.parent, f'{guarded},symbols={how}')
        assert '\x1b[1;31moverrun' in text, text
        text = subprocess.run([trackmem, 'symbols'], input=text, capture_output=True, text=True,
                              check=True).stdout
        assert re.search(copied, re.sub(r'\r|\x1b\[[0-9;]*m', '', text), re.M), text
    report = run(program, None, f'{guarded},symbols=none', -signal.SIGSEGV)
    where = re.search(r'^  written +(planted\+0x[0-9a-f]+)', report, re.M)
    assert where and re.search(rf'#0 {re.escape(where[1])}, here\b', report), report
    assert not re.search(r'#[^0].*, here', report), report
    later = subprocess.run([trackmem, 'symbols'], input=report, capture_output=True, text=True,
                           check=True).stdout
    found = stacks(re.sub(copied + '.*$', '  written  ', later, flags=re.M))
    assert found['written'] == [f"copy:{lines['write']}", f"in load:{lines['load']}",
                                f"main:{lines['main loads']}"], later


def check_name(compiler, trackmem, include, folder):
    """A name that reads like a place is that of a module all the same."""
    program = build(compiler, ['-O1'], include, folder)
    named = folder / 'a+0x12.so'
    shutil.copy(program, named)
    report = run(named, None, 'guard=after,guard_align=1,symbols=none', -signal.SIGSEGV)
    later = subprocess.run([trackmem, 'symbols'], input=report, capture_output=True, text=True,
                           check=True)
    assert 'written      copy()' in later.stdout and '#0 copy()' in later.stdout, later.stdout
    assert '+0x12.so+0x' not in later.stdout, later.stdout
    assert 'a is ' not in later.stderr and "'module" not in later.stderr, later.stderr


def check_recursion(compiler, trackmem, folder):
    """A function that is inlined into itself by a call on its own line: as addr2line has it."""
    source, program = folder / 'fall.c', folder / 'fall'
    source.write_text(
        'static int (*volatile hook)(char *);\n'
        'static int fall(int n, char *p) { p[n & 3] = 1; '
        'if (n > 0) return fall(n - 1, p) + p[n & 1]; return hook(p); }\n'
        'int main(int count, char **words) { return fall(count, words[0]); }\n')
    subprocess.run([compiler, '-g', '-O3', source, '-o', program], check=True)
    symbols = subprocess.run(['nm', '-S', program], capture_output=True, text=True,
                             check=True).stdout
    start, size = (int(word, 16) for word in re.search(r'(\w+) (\w+) t fall$', symbols,
                                                       re.M).groups())
    deepest = 0
    for address in range(start, start + size):
        theirs = subprocess.run(['addr2line', '-fie', program, hex(address)], capture_output=True,
                                text=True, check=True).stdout.splitlines()[::2]
        ours = subprocess.run([trackmem, 'symbols'], input=f'{program}+{address:#x}, here\n',
                              capture_output=True, text=True, check=True).stdout
        assert re.findall(r'(\w+)\(\)', ours) == theirs, (hex(address), theirs, ours)
        deepest = max(deepest, len(theirs))
    assert deepest > 1 or compiler != 'gcc', 'nothing was inlined into itself'


POKE = 'void poke(char *at);\nvoid poke(char *at)\n{\n    *(volatile char *)at = 1;\n}\n'
POKING = r"""
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <trackmem/trackmem.h>

void poke(char *at);

int main(int count, char **arguments)
{
    static const unsigned char code[] = { 0xc6, 0x07, 0x01, 0xc3 }; /* the same for x86-64 */
    void (*made)(char *at);
    void *page;
    char *block = trackmem_malloc(6);

    if (count > 1 && strcmp(arguments[1], "made") != 0)
        remove(arguments[1]);
    if (count < 2 || strcmp(arguments[1], "made") != 0)
        poke(block + 6);
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(&made, &page, sizeof made);
    memcpy(page, code, sizeof code);
    made(block + 6);
    return 0;
}
"""


def check_libraries(compiler, trackmem, include, folder):
    """The row of a fault in a library: whatever its file's name is, and if it is gone meanwhile."""
    (folder / 'poke.c').write_text(POKE)
    (folder / 'poking.c').write_text(POKING)
    deep = folder / ('d' * 200) / ('e' * 200)
    deep.mkdir(parents=True)
    kept, program = folder / 'kept.so', folder / 'poking'

    def poked(name, link=None, arguments=(), stacks=0, linker=''):
        where = Path(name).parent
        subprocess.run([compiler, '-g', '-shared', '-fPIC', folder / 'poke.c', '-o', name,
                        f'-Wl,-soname,{Path(link or name).name}{linker}'], check=True)
        if link:
            Path(link).symlink_to(name)
        shutil.copy(name, kept)
        subprocess.run([compiler, '-g', f'-I{include}', folder / 'poking.c', '-o', program, name,
                        folder / 'libtrackmem.so.0', f'-Wl,-rpath,{folder}:{where}'], check=True)
        report = run(program, None, f'guard=after,guard_align=1,symbols=none,stacks={stacks}',
                     -signal.SIGSEGV, arguments)
        shutil.copy(kept, name)
        later = subprocess.run([trackmem, 'symbols'], input=report, capture_output=True, text=True,
                               check=True)
        return report, later.stdout, later.stderr

    found = r'^  written +poke\(\)  \S+poke.c:4$'
    cases = {
        'links': [folder / 'libpoke.so.1.2.3', folder / 'libpoke.so.1'],
        'long': [folder / f'lib{"x" * 200}.so', None],
        'gone': [folder / 'libgone.so', None, [folder / 'libgone.so']],
    }
    for name, case in cases.items():
        for stacks, linker in itertools.product((0, 16), ('', ',--build-id=none')):
            if case[1]:
                case[1].unlink(missing_ok=True)
            report, later, errors = poked(*case, stacks=stacks, linker=linker)
            assert re.search(found, later, re.M) and not errors, (name, stacks, report, later)
            place = re.search(r'written +(\S+)', report)[1]
            assert stacks == 0 or f'#0 {place}, here' in report, (name, report)
            stem = case[0].name.split('.')[0]
            rows = 3 if stacks == 0 else 4  # written, #0, and twice in that of the module
            assert report.count(stem) == rows, (name, report)
            told = 'no build-id' if linker else 'build-id [0-9a-f]{40}'
            assert re.search(rf'^  module .*/{stem}\.so[.0-9]*, {told}$', report, re.M), report
    report, later, errors = poked(deep / 'libdeep.so')
    assert re.search('^  written +0x[0-9a-f]+$', report, re.M) and 'module' not in report, report
    report, later, errors = poked(deep / 'libdeep.so', stacks=16)
    assert re.search(r'#0 poke\(\)  \S+poke.c:4$', later, re.M) and not errors, later
    if os.uname().machine == 'x86_64':
        report = run(program, None, 'guard=after,guard_align=1,symbols=none,stacks=16',
                     -signal.SIGSEGV, ['made'])
        assert re.search('#0 0x[0-9a-f]+, here$', report, re.M), report
    shutil.copy(program, kept)
    report = run(program, None, 'guard=after,guard_align=1,symbols=none,stacks=16',
                 -signal.SIGSEGV, [program])
    shutil.copy(kept, program)
    later = subprocess.run([trackmem, 'symbols'], input=report, capture_output=True, text=True,
                           check=True).stdout
    assert re.search(r'#1 main\(\)  \S+poking.c:', later) and '(deleted)' not in report, later


def check_hanging(compiler, include, folder):
    """It is ended, and the report comes as if there were none."""
    program = build(compiler, [], include, folder)
    helper = folder / 'hanging' / 'trackmem'
    helper.parent.mkdir()
    helper.write_text('#!/bin/sh\necho halfway\nexec /bin/sleep 1000\n')
    helper.chmod(0o755)
    began = time.monotonic()
    report = run(program, helper.parent, 'symbols=helper')
    assert time.monotonic() - began > 9, report
    assert re.search(r'#\d+ planted\+0x', report) and 'halfway' not in report, report


def check_full(compiler, trackmem, include, folder):
    """What the file does not take, or not whole, comes whole on standard error, and why is told."""
    program = build(compiler, [], include, folder)

    def ended(options, file, most):
        environment = dict(os.environ, PATH=str(trackmem.parent),
                           TRACKMEM=f'check,stacks=16,misuse=report,{options}'
                                    + (f',out={file}' if file else ''))
        limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))) if most else None
        result = subprocess.run([program], env=environment, capture_output=True, text=True,
                                preexec_fn=limit, timeout=60)
        assert result.returncode == 0, result
        return re.sub('0x[0-9a-f]{8,}', '0x', result.stderr)

    plain = ended('symbols=none', None, None)
    for how in ('none', 'helper', 'inprocess'):
        options = f'symbols={how}'
        whole = ended(options, None, None)
        assert (whole == plain) == (how == 'none'), whole
        assert ended(options, None, 128) == (plain if how == 'helper' else whole), how
        for file, most, why in (('/dev/full', None, 'no space is left'),
                                (f'{folder}/r.%p', 128, 'it would be larger than is allowed')):
            report = ended(options, file, most).split('\n', 1)
            message = re.fullmatch("trackmem: cannot write to the report file '(.*)' "
                                   rf'\(option out=\): {why}; reports go to standard error',
                                   report[0])
            assert message and '%p' not in message[1], report
            # A limit is the helper's, too: it is given nothing then.
            wanted = plain if most and how == 'helper' else whole
            assert report[1] == wanted, (how, report[1], wanted)
            assert file == '/dev/full' or Path(message[1]).stat().st_size == most, message
    for options, most in (('format=json', 128), ('format=json,report=exit', 1500)):
        message, *objects = ended(options, f'{folder}/r.json', most).splitlines()
        assert 'cannot write to the report file' in message and objects, (options, message)
        assert all(json.loads(line) for line in objects), options


def main(trackmem, library, resolver, include, *compilers):
    compilers = [compiler for compiler in compilers if shutil.which(compiler)]
    builds = [(compiler, [level, frames]) for compiler in compilers for level in ('-O0', '-O2')
              for frames in ('-fomit-frame-pointer', '-fno-omit-frame-pointer')]
    if not builds:
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)  # where no helper lies beside the library
        shutil.copy(library, folder / 'libtrackmem.so.0')
        shutil.copy(resolver, folder / 'libtrackmem-symbols.so.0')
        for compiler, flags in builds:
            check(compiler, flags, Path(trackmem).resolve(), include, folder)
        # lld puts code at other addresses than the file has it at.
        for flags in ([], ['-fuse-ld=lld']) if shutil.which('ld.lld') else ([],):
            check_fault(compilers[0], flags, Path(trackmem).resolve(), include, folder)
        check_name(compilers[0], Path(trackmem).resolve(), include, folder)
        check_libraries(compilers[0], Path(trackmem).resolve(), include, folder)
        check_full(compilers[0], Path(trackmem).resolve(), include, folder)
        check_recursion(compilers[0], Path(trackmem).resolve(), folder)
        check_hanging(compilers[0], include, folder)
    print(f'{len(builds)} builds')
    return 0


sys.exit(main(*sys.argv[1:]))
