#!/usr/bin/env python3
"""The audit finds in each object exactly what nm finds there.   agree.py PART PROGRAM SCRATCH

PART is 'archives': every object of 20 and more packaged static libraries; or 'targets': what
mingw and clang compile for Windows (COFF and PE) and macOS (Mach-O), against their own nm, and
function by function against what the sample says.
"""
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIBRARIES = Path('/usr/lib/x86_64-linux-gnu')
# What 'scripts/setup test' installs, and what comes with it.
ARCHIVES = ('libc libm-2.36 libpthread librt libdl libcrypt libexpat libexpatw libfreetype libgmp '
            'libjansson liblua5.4 libpcre2-8 libpcre2-16 libpcre2-32 libpcre2-posix libSDL2 '
            'libSDL2main libSDL2_test libsqlite3 libuv_a libxml2 libzstd libz libpng16 '
            'libbrotlicommon libbrotlidec libbrotlienc liblzma libicuuc libicui18n libicuio '
            'libtinfo libncurses libreadline libanl libresolv').split()
LEAST_ARCHIVES = 20


def allocator_names():
    text = (ROOT / 'tools/audit/allocators.def').read_text()
    exact = set(re.findall(r'^(?:DIRECT|DUPLICATING|HIDDEN)\("(\w+)"\)$', text, re.M))
    exact |= set(re.findall(r'^TMT_ALLOCATOR\(\w+, "([^"]+)"', text, re.M))
    prefixes = tuple(re.findall(r'^TMT_ALLOCATOR_PREFIX\(\w+, "([^"]+)"', text, re.M))
    assert len(exact) > 80 and len(prefixes) == 8
    return exact, prefixes


EXACT, PREFIXES = allocator_names()


def bare(symbol, underscored):
    """The allocator that a symbol means, or None: written again, for the test's sake."""
    symbol = symbol.removeprefix('__imp_')
    if underscored:
        symbol = symbol.removeprefix('_')
    if not symbol.startswith('?'):
        symbol = symbol.split('@')[0]
    if symbol in EXACT or symbol.startswith(PREFIXES):
        return symbol
    fortified = re.fullmatch(r'__(\w+)_chk', symbol)
    return fortified.group(1) if fortified and fortified.group(1) in EXACT else None


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True,
                          text=True).stdout


def by_nm(nm, path, underscored=False, *options):
    """{(member, symbol)} of undefined symbols; member '' for a plain object."""
    found = set()
    # file: symbol U, or archive[member]: symbol U
    line_form = re.compile(r'^.*?(?:\[(.*)\])?: (\S+) [Uwv]\b')
    for line in run(nm, '-A', '-P', '-u', *options, path).splitlines():
        match = line_form.match(line)
        name = match and bare(match.group(2), underscored)
        if name:
            found.add((match.group(1) or '', name))
    return found


def by_audit(program, paths):
    """{path: {(member, symbol)}}, and {path: Counter of (function, symbol)}."""
    result = subprocess.run([program, 'audit', '--json', *map(str, paths)], capture_output=True,
                            text=True)
    assert result.returncode in (0, 1), result.stderr
    symbols = {str(path): set() for path in paths}
    functions = {str(path): Counter() for path in paths}
    for item in json.loads(result.stdout)['objects']:
        path, _, member = item['object'].rstrip(')').partition('(')
        member = re.sub(r'#\d+$', '', member)
        for reference in item['references']:
            if reference['group'] not in ('through', 'unseen'):
                symbols[path].add((member, reference['symbol']))
            key = re.sub(r'\(.*|__cdecl ', '', reference['function'].split('(')[0])
            functions[path][key.split(' ')[-1], reference['symbol']] += reference['count']
    return symbols, functions


def compare(what, audit, nm):
    if audit == nm:
        return True
    print(f'{what}: only the audit says {sorted(audit - nm)[:5]}, only nm {sorted(nm - audit)[:5]}')
    return False


def archives(program):
    paths = [LIBRARIES / f'{name}.a' for name in ARCHIVES]
    # libm.a and the like are linker scripts.
    paths = [p for p in paths if p.exists() and p.read_bytes()[:8] in (b'!<arch>\n', b'!<thin>\n')]
    paths += map(Path, filter(None, (run('g++', f'-print-file-name={name}').strip()
                                     for name in ('libstdc++.a', 'libgcc.a', 'libgcc_eh.a'))))
    symbols, _ = by_audit(program, paths)
    good = [compare(path.name, symbols[str(path)], by_nm('nm', path)) for path in paths]
    total = sum(map(len, symbols.values()))
    print(f'{len(paths)} archives, {total} pairs of object and allocator, the same by nm')
    if len(paths) < LEAST_ARCHIVES:
        print(f'fewer than {LEAST_ARCHIVES} archives: is the package list of scripts/setup whole?')
    return all(good) and len(paths) >= LEAST_ARCHIVES and total > 700


SAMPLE_C = Counter({('twice', 'malloc'): 2, ('twice', 'free'): 1, ('copy', 'strdup'): 1,
                    ('copies', '_strdup'): 1, ('releases', 'free'): 1, ('taken', 'free'): 1,
                    ('releases', 'trackmem_free'): 1, ('through', 'trackmem_malloc'): 1})
OPERATORS = {
    'itanium': (('one', '_Znw'), ('many', '_Zna'), ('drop', '_Zdl'), ('drop_many', '_Zda')),
    'msvc': (('one', '??2@Y'), ('many', '??_U@Y'), ('drop', '??3@Y'), ('drop_many', '??_V@Y')),
}


def targets(program, scratch):
    mingw = 'x86_64-w64-mingw32-'
    cases = []  # (compiler, nm, mangling, underscored)
    for target in ('x86_64-pc-windows-msvc', 'i686-pc-windows-msvc', 'aarch64-pc-windows-msvc'):
        cases.append((['clang', f'--target={target}'], 'llvm-nm-14', 'msvc',
                      target.startswith('i686')))
    for target in ('x86_64-apple-darwin', 'arm64-apple-darwin'):
        cases.append((['clang', f'--target={target}'], 'llvm-nm-14', 'itanium', True))
    for target in ('aarch64-linux-gnu', 's390x-linux-gnu', 'armv7-linux-gnueabihf',
                   'riscv64-linux-gnu'):
        cases.append((['clang', f'--target={target}'], 'llvm-nm-14', 'itanium', False))
    # An address in two halves, by movw and movt.
    cases.append((['clang', '--target=armv7-linux-gnueabihf', '-fno-pic'], 'llvm-nm-14',
                  'itanium', False))
    cases.append((['gcc'], 'nm', 'itanium', False))
    cases.append(([mingw + 'gcc'], mingw + 'nm', 'itanium', False))
    good = True
    for number, (compiler, nm, mangling, underscored) in enumerate(cases):
        for sections in ([], ['-ffunction-sections']):
            what = f'{" ".join(compiler + sections)}'
            objects = {}
            for language in ('c', 'cpp'):
                path = scratch / f'{number}{len(sections)}_{language}.o'
                if compiler[0].endswith('gcc') and language == 'cpp' and 'mingw' in compiler[0]:
                    continue  # no g++ for Windows is asked for
                run(*compiler, *sections, '-O1', '-fno-builtin', '-c', HERE / f'sample.{language}',
                    '-o', path)
                objects[language] = path
            symbols, functions = by_audit(program, objects.values())
            for path in objects.values():
                good &= compare(what, symbols[str(path)], by_nm(nm, path, underscored))
            # Where gcc for Windows keeps an address to be loaded: data that refers, too.
            functions[str(objects['c'])].pop(('.refptr.free', 'free'), None)
            if functions[str(objects['c'])] != SAMPLE_C:
                print(f'{what}: the functions are {dict(functions[str(objects["c"])])}')
                good = False
            if 'cpp' in objects:
                found = functions[str(objects['cpp'])]
                for function, prefix in OPERATORS[mangling]:
                    if not any(f == function and s.startswith(prefix) for f, s in found):
                        print(f'{what}: {function} does not call {prefix}: {dict(found)}')
                        good = False
    return good & images(program, scratch, mingw)


def images(program, scratch, mingw):
    """A Windows program shows what it imports; mingw's libraries are archives of PE objects."""
    good = True
    source = scratch / 'program.c'
    source.write_text('#include <stdlib.h>\nint main(int argc, char **argv)\n{\n'
                      '    (void)argv;\n    free(calloc((size_t)argc, 3));\n    return 0;\n}\n')
    image = scratch / 'program.exe'
    run(mingw + 'gcc', '-O1', '-fno-builtin', source, '-o', image)
    imports = re.findall(r'^\t[0-9a-f]+\t *\d+  (\S+)', run(mingw + 'objdump', '-p', image), re.M)
    expected = {('', name) for name in imports if bare(name, False)}
    libraries = [Path('/usr/x86_64-w64-mingw32/lib') / name
                 for name in ('libmingw32.a', 'libmingwex.a', 'libmsvcrt-os.a')]
    symbols, _ = by_audit(program, [image, *libraries])
    assert ('', 'calloc') in expected, imports
    good &= compare('program.exe', symbols[str(image)], expected)
    for path in libraries:
        good &= compare(path.name, symbols[str(path)], by_nm(mingw + 'nm', path))
    shared = scratch / 'library.so'
    run('gcc', '-shared', '-fPIC', '-fno-builtin', HERE / 'sample.c', '-o', shared)
    run('strip', shared)
    symbols, _ = by_audit(program, [shared])
    good &= compare('library.so', symbols[str(shared)], by_nm('nm', shared, False, '-D'))
    return good


def main(part, program, scratch):
    if part == 'archives':
        return 0 if archives(program) else 1
    scratch.mkdir(parents=True, exist_ok=True)
    return 0 if targets(program, scratch) else 1


sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
