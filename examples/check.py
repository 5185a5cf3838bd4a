#!/usr/bin/env python3
"""Holds the examples to what they promise; prints TAP.

check.py registry REGISTRY REGISTRY-PLAIN    check.py mismatch MISMATCH
check.py arena ARENA
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SMALL = str(HERE / 'registry' / 'small.xml')
LARGE = Path('/usr/share/vulkan/registry/vk.xml')
failed = []


def run(*command, **environment):
    env = dict(os.environ, LC_ALL='C.UTF-8', **environment)
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                            encoding='utf-8', env=env, stdin=subprocess.DEVNULL)
    return result.returncode, result.stdout, result.stderr


def case(name, *conditions):
    wrong = [str(i) for i, (condition, _) in enumerate(conditions) if not condition]
    failed.extend(wrong)
    case.count = getattr(case, 'count', 0) + 1
    print(f"{'not ok' if wrong else 'ok'} {case.count} - {name}")
    for condition, shown in conditions:
        if not condition:
            print('# ' + str(shown).replace('\n', '\n# '))


def without(name, what):
    case.count += 1
    print(f'ok {case.count} - {name} # SKIP needs {what}')


def listing(out):
    return re.search(r'^  Its listing .*$', out, re.M)[0]


def fails(name, command, words):
    code, out, err = run(*command)
    case(name, (code == 2, code), (out == '', out), (err.count('\n') == 1, err),
         (words in err, err))


def registry(program, plain):
    code, out, err = run(program, SMALL)
    case('a registry is loaded, asked and accounted for',
         (code == 0, code), (err == '', err),
         ('6 types, 6 fields, 2 commands, 3 values, 1 extensions' in out, out),
         ('1 Someone & Sons' in out, out), ('└─ strings' in out, out),
         (max(map(len, out.splitlines())) <= 100, out),
         ('  The script                 all at once\n' in out, out),
         ('9 lines, 0.1 KiB; by zstd 0.1 KiB, read back whole' in out, out),
         (out.endswith('All is freed: the 10 domains are back to zero.\n'), out))
    answers = out[:out.index('\n\n')]
    code, out, err = run(plain, SMALL)
    case('the variant without trackmem gives the same answers',
         (code == 0, code), (err == '', err), (out.startswith(answers + '\n\n'), out))
    code, out, err = run(program, '--json', SMALL)
    accounting = json.loads(out)
    domains = {d['path']: d for d in accounting['domains']}
    case('--json writes the accounting and nothing else',
         (code == 0, code), (out.count('\n') == 1, out),
         (accounting['type'] == 'accounting', out),
         (set(domains) == {'', 'sqlite', 'expat', 'demo', 'demo/loader', 'demo/loader/strings',
                           'demo/answers', 'demo/archive', 'lua', 'zstd'}, sorted(domains)),
         (domains['lua']['with_descendants']['hard_bytes'] == 512 << 10, out),
         (domains['zstd']['alone']['live_bytes'] > 0, out),
         (domains['sqlite']['alone']['live_bytes'] > 0, out),
         (domains['expat']['alone']['live_bytes'] > 0, out),
         (domains['demo/loader/strings']['alone']['live_blocks'] > 20, out),
         (domains['']['with_descendants']['live_bytes'] ==
          sum(d['alone']['live_bytes'] for d in domains.values()), out),
         (all(s['place']['file'].startswith(('examples/', 'include/'))
              for s in accounting['sites']), out))
    code, out, err = run(program, '--quiet', '--repeat', '3', SMALL, SMALL)
    case('--quiet is quiet, and --repeat gives all back each time',
         (code == 0, code), (out + err == '', out + err))
    name = 'a script runs into its budget, survives, and lists the same as with all memory'
    if LARGE.exists():
        code, out, err = run(program, LARGE)
        _, freely, _ = run(plain, LARGE)
        case(name, (code == 0, code), (err == '', err),
             ('all at once: not enough memory; then one by one\n' in out, out),
             ('all at once\n' in freely, freely), (listing(out) == listing(freely), freely),
             (re.search(r'^  lua +\S+ KiB +none +512.0 KiB +[1-9]\d* ', out, re.M), out),
             (max(map(len, out.splitlines())) <= 100, out),
             (out.endswith('All is freed: the 10 domains are back to zero.\n'), out))
    else:
        without(name, f'{LARGE} (Debian: libvulkan-dev)')
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder, 'broken.xml')
        broken.write_text('<registry>\n <types></registry>\n')
        fails('broken XML is named by line and column', [program, broken],
              f'{broken}:2:11: mismatched tag')
        broken.write_text('<other/>')
        fails('another kind of XML is refused', [program, broken], 'not <registry>')
        broken.write_text(Path(SMALL).read_text().split('</types>')[0])
        fails('a file that ends too soon is refused', [program, broken], 'no element found')
        fails('a missing file is named', [program, f'{folder}/none.xml'],
              'none.xml: No such file or directory')
    fails('a wrong option is named', [program, '--jsno'], "'--jsno'; see --help")
    fails('a bad number is named', [program, '--repeat', '0'], "'0'")
    code, out, err = run(program, '--help')
    case('--help helps', (code == 0, code), (out.startswith('usage: '), out), (err == '', err))


def mismatch(program):
    code, out, err = run(program)
    case('two mistakes are named with all their places, and survived',
         (code == 0, code), ('mismatched free: an aligned block reaches trackmem_free' in err, err),
         (err.count(' load_mesh()') == 2 and err.count(' unload_mesh()') == 2, err),
         ('freed first  examples/faulty/mismatch.c:' in err and 'upload_mesh()' in err, err),
         ('mistakes seen: 2, bytes left: 0.' in out, out))
    code, out, err = run(program, TRACKMEM='format=json')
    kinds = [json.loads(line)['kind'] for line in err.splitlines()]
    case('as JSON they are two lines',
         (code == 0, code), (kinds == ['mismatched-family', 'double-free'], err))
    with tempfile.TemporaryDirectory() as folder:
        code, out, err = run(program, TRACKMEM=f'out={folder}/misuse.%p')
        files = list(Path(folder).iterdir())
        case('reports go to a file of the process',
             (err == '', err), (len(files) == 1, files),
             (files and files[0].read_text().count('trackmem: ') == 2, files))
    code, out, err = run(program, TRACKMEM='out=/nonexistent/file')
    case('a report file that cannot be made is said once, and reports are not lost',
         (err.count("cannot create the report file '/nonexistent/file'") == 1, err),
         (err.count('trackmem: ') == 3, err))
    code, out, err = run(program, TRACKMEM='misuse=abort')
    case('misuse=abort ends the program after the first',
         (code == -6, code), (err.count('trackmem: ') == 1, err),
         ('the program is aborted (option misuse=abort)' in err, err))


def arena(program):
    code, out, err = run(program)
    case('a sub-block that reaches trackmem_free is named with its context and its site',
         (code == 0, code),
         ('sub-block: trackmem_free gets a sub-block of an arena context' in err, err),
         (', 72 bytes, of vertex shader\n' in err, err),
         ('allocated    examples/arena/main.c:' in err, err),
         ('it ends with its context, or by arena_free' in err, err),
         ('mistakes seen: 1, bytes left: 0.' in out, out))
    code, out, err = run(program, TRACKMEM='format=json')
    misuse = json.loads(err)
    case('as JSON it has the block and the sub-block',
         (misuse['kind'] == 'sub-block', err), (misuse['block']['size_bytes'] == 4096, err),
         (misuse['sub_block']['size_bytes'] == 72, err),
         (misuse['sub_block']['context'] == 'vertex shader', err))


{'registry': registry, 'mismatch': mismatch, 'arena': arena}[sys.argv[1]](*sys.argv[2:])
print(f'1..{case.count}')
sys.exit(1 if failed else 0)
