"""One small violation per rule of scripts/rules, and clean twins: 'scripts/lint --self-test'.

Each case is {about, files: {path: text}, expect: texts the rule must print; none means clean}.
"""
import json
import subprocess

HEADER = '''#ifndef TRACKMEM_TRACKMEM_H
#define TRACKMEM_TRACKMEM_H
__attribute__((visibility("default"))) int trackmem_one(void);
#endif
'''
ONE = '#include <trackmem/trackmem.h>\nint trackmem_one(void)\n{\n    return 1;\n}\n'
LIST = {'include/trackmem/trackmem.h': HEADER, 'tests/exports.txt': 'trackmem_one unversioned\n'}


def case(about, files, *expect, build=None):
    return {'about': about, 'files': files, 'expect': expect, 'build': build}


PLANTED = {
    'audit': [
        case('through trackmem',
             {'src/a.c': 'void trackmem_free(void *);\nvoid a(void *p)\n{\n'
                         '    trackmem_free(p);\n}\n'}, build='objects'),
        case('a raw call that no text search sees',
             {'src/a.c': 'void free(void *);\n#define JOIN(a, b) a##b\nvoid a(void *p)\n{\n'
                         '    JOIN(fr, ee)(p);\n}\n'},
             'build/debug/libtrackmem.a(a.o)', 'free', 'use trackmem_free', build='objects'),
    ],
    'exports': [
        case('all as it should be', {**LIST, 'src/a.c': ONE}, build='library'),
        case('an exported function that is not listed',
             {**LIST, 'src/a.c': ONE, 'tests/exports.txt': ''},
             'tests/exports.txt:1: trackmem_one is exported and not listed', build='library'),
        case('a listed function that is gone',
             {**LIST, 'src/a.c': ONE,
              'tests/exports.txt': 'trackmem_one unversioned\ntrackmem_old unversioned\n'},
             'tests/exports.txt:2: trackmem_old is listed and not exported', build='library'),
        case('a declared function that nobody defines',
             {**LIST, 'src/a.c': 'int trackmem_two(void);\nint trackmem_two(void)\n{\n'
                                 '    return 2;\n}\n'},
             'include/trackmem/trackmem.h:3: trackmem_one is declared and not exported',
             'trackmem_two is exported and no public header declares it', build='library'),
    ],
    'documented': [
        case('below its contract',
             {'include/trackmem/a.h': '/*\n * Does it.\n */\n'
                                      'TRACKMEM_API int trackmem_one(void);\n'}),
        case('below nothing',
             {'include/trackmem/a.h': '/* About a. */\n\nTRACKMEM_API int trackmem_one(void);\n'},
             'include/trackmem/a.h:3: trackmem_one stands below no contract'),
    ],
    'floors': [
        case('down is allowed',
             {'src/block/a.h': '#include "base/b.h"\n', 'src/base/b.h': '\n'}),
        case('up', {'src/base/a.c': '/* x */\n#include "block/b.h"\n', 'src/block/b.h': '\n'},
             'src/base/a.c:2: base/ (floor 0) includes src/block/b.h, on floor 4'),
        case('sideways', {'src/event/a.c': '#include "../stack/b.h"\n', 'src/stack/b.h': '\n'},
             'src/event/a.c:1: event/ (floor 2) includes src/stack/b.h, on the same floor'),
        case('a circle', {'src/base/a.h': '#include "b.h"\n', 'src/base/b.h': '#include "a.h"\n'},
             'includes go in a circle: src/base/a.h > src/base/b.h > src/base/a.h'),
        case('tools/ looks into the library',
             {'tools/reader/a.c': '#include "block/b.h"\n', 'src/block/b.h': '\n'},
             'tools/reader/a.c:1: tools/ includes src/block/b.h'),
        case('tools/ looks around itself downwards',
             {'tools/audit/a.c': '#include "cli/b.h"\n#include <trackmem/log_format.h>\n'
                                 '#include "base/c.h"\n',
              'tools/cli/b.h': '\n', 'src/base/c.h': '\n',
              'include/trackmem/log_format.h': '\n'}),
        case('tools/ looks up in itself',
             {'tools/cli/a.c': '#include "trackmem/commands.h"\n',
              'tools/trackmem/commands.h': '\n'},
             'tools/cli/a.c:1: cli/ (floor 0) includes tools/trackmem/commands.h, on floor 3'),
        case('a tool looks sideways',
             {'tools/audit/a.c': '#include "../export/b.h"\n', 'tools/export/b.h': '\n'},
             'tools/audit/a.c:1: audit/ (floor 2) includes tools/export/b.h, on the same floor'),
        case('a folder of tools/ without a floor', {'tools/util/a.c': '\n'},
             'tools/util stands on no floor'),
        case('a public header that needs src/',
             {'include/trackmem/a.h': '#include "base/b.h"\n', 'src/base/b.h': '\n'},
             'include/trackmem/a.h:1: a public header includes src/base/b.h'),
        case('a folder without a floor', {'src/util/a.c': '\n'}, 'src/util stands on no floor'),
    ],
    'format': [
        case('formatted', {'src/a.c': 'int a(void)\n{\n    return 1;\n}\n'}),
        case('a brace in the wrong place', {'src/a.c': 'int a(void) {\n    return 1;\n}\n'},
             'src/a.c:1: not as .clang-format says'),
    ],
    'headers': [
        case('alone', {'include/trackmem/a.h': 'struct a;\nint f(struct a *a);\n'}),
        case('a header that lacks an include', {'include/trackmem/a.h': 'size_t f(void);\n'},
             'include/trackmem/a.h:1: does not compile alone as c11 with gcc',
             'as c++17 with clang'),
        case('a word that only C++ reserves', {'include/trackmem/a.h': 'void f(int new);\n'},
             'include/trackmem/a.h:1: does not compile alone as c++17 with g++'),
        case('a GNU extension',
             {'include/trackmem/a.h': '#define A ({ 1; })\nstatic inline int f(void)\n{\n'
                                      '    return A;\n}\n'},
             'include/trackmem/a.h:1: does not compile alone as c11 with gcc'),
    ],
    'length': [
        case('500 lines', {'src/a.c': 'int a;\n' * 500, 'src/b.c': 'x' * 100 + '\n'}),
        case('501 lines', {'src/a.c': 'int a;\n' * 501}, 'src/a.c:501: 501 lines'),
        case('101 columns', {'src/a.h': '\n' + 'x' * 101 + '\n'}, 'src/a.h:2: 101 columns'),
    ],
    'platform_ifs': [
        case('where it belongs', {'src/platform/a.c': '#ifdef _WIN32\n#endif\n',
                                  'src/base/compiler.h': '#if defined(__GNUC__)\n#endif\n'}),
        case('a system asked for elsewhere', {'src/alloc/a.c': '\n#ifdef _WIN32\n#endif\n'},
             'src/alloc/a.c:2: asks for _WIN32'),
    ],
    'raw_malloc': [
        case('members, other names, comments, strings, named escapes, the libc backend',
             {'src/alloc/a.c': '/* free(x) */ b->free(p); s = "free(x)"; tmi_free(p);\n'
                               'p = malloc(1); /* raw: shows how */\nvoid (*free)(void *ptr);\n',
              'src/backend/libc.c': 'p = malloc(1);\n', 'bench/a.c': 'free(p);\n'}),
        case('a call', {'src/alloc/a.c': '\n    p = malloc(3);\n'}, 'src/alloc/a.c:2: raw malloc'),
        case('a call through a value', {'tools/a/a.c': 'x.f = free;\n'},
             'tools/a/a.c:1: raw free'),
        case('an escape without a reason', {'examples/a.c': 'free(p); /* raw: */\n'},
             'examples/a.c:1: raw free'),
    ],
    'shell': [
        case('sound', {'scripts/a': '#!/bin/bash\necho "$1"\n'}),
        case('an open quote', {'scripts/a': '#!/bin/bash\necho "a\n'},
             'scripts/a:2: bash -n refuses it'),
        case('an unquoted variable', {'scripts/a': '#!/bin/bash\nrm $1\n'},
             'scripts/a:2: shellcheck'),
    ],
    'tidy': [
        case('sound', {'src/a.c': 'int a(void);\nint a(void)\n{\n    return 1;\n}\n'},
             build='commands'),
        case('a suspicious semicolon',
             {'src/a.c': 'int a(int b);\nint a(int b)\n{\n    if (b == 2);\n        b = 3;\n'
                         '    return b;\n}\n'},
             'src/a.c:4:', 'bugprone-suspicious-semicolon', build='commands'),
        case('a function of 90 lines',
             {'src/a.c': 'int a(int b);\nint a(int b)\n{\n' + '    b++;\n' * 90 +
                         '    return b;\n}\n'},
             'src/a.c:2:', 'readability-function-size', build='commands'),
        case('a suspicious semicolon in the small profile',
             {'src/small_a.c': 'int a(int b);\nint a(int b)\n{\n    if (b == 2);\n'
                               '        b = 3;\n    return b;\n}\n'},
             'src/small_a.c:4:', 'bugprone-suspicious-semicolon', build='commands'),
    ],
    'whitespace': [
        case('clean', {'src/a.c': 'int a;\n', 'Makefile': 'a:\n\tb\n'}),
        case('spaces at the end', {'src/a.c': 'int a; \n'}, 'src/a.c:1: spaces at the end'),
        case('a tab', {'src/a.c': '\tint a;\n'}, 'src/a.c:1: a tab'),
        case('no last newline', {'meson.build': 'a'}, 'meson.build:1: no newline at the end'),
    ],
}


def plant(root, planted):
    """Writes the files of a case, and what the rule needs from a build."""
    for name, text in planted['files'].items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    build = root / 'build' / 'debug'
    if planted['build']:
        build.mkdir(parents=True)
    if planted['build'] == 'library':
        sources = [str(p) for p in root.glob('src/*.c')]
        subprocess.run(['gcc', '-shared', '-fPIC', '-I', str(root / 'include'), *sources,
                        '-o', str(build / 'libtrackmem.so')], check=True)
    elif planted['build'] == 'objects':
        for path in root.glob('src/*.c'):
            subprocess.run(['gcc', '-c', str(path), '-o', str(build / f'{path.stem}.o')],
                           check=True)
        subprocess.run(['ar', 'rc', str(build / 'libtrackmem.a'),
                        *map(str, build.glob('*.o'))], check=True)
    elif planted['build'] == 'commands':
        (root / 'build' / 'small').mkdir()
        for kind in ('debug', 'small'):
            commands = [{'directory': str(root), 'file': f'src/{p.name}',
                         'command': f'cc -c src/{p.name}'} for p in root.glob('src/*.c')
                        if p.name.startswith('small_') == (kind == 'small')]
            (root / 'build' / kind / 'compile_commands.json').write_text(json.dumps(commands))
