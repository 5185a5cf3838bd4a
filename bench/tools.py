"""trackmem's modes and the other tools that find heap bugs: how a program is run under each."""
import glob
import os
import platform
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

OPTIONS = Path(__file__).resolve().parent.parent / 'include' / 'trackmem' / 'options.def'

# The geometric means that are asked: of time to plain malloc; of the resident set to plain
# malloc's, the quarantine not counted; of time to accounting.
ASKED_TIME = {'check': 1.3, 'stacks': 1.5}
ASKED_MEMORY = {'check': 1.5, 'stacks': 1.5}
ASKED_SAMPLE = 1.02


def quarantine_bytes():
    """What the preset `check` holds back."""
    found = re.search(r'PRESET\(check, "[^"]*quarantine=(\d+)M', OPTIONS.read_text())
    return int(found.group(1)) << 20


PLAIN, TRACKMEM, ASAN = 'programs-plain', 'programs-trackmem', 'programs-asan'


@dataclass
class Tool:
    name: str
    title: str
    about: str
    program: str = PLAIN
    environment: dict = field(default_factory=dict)
    prefix: list = field(default_factory=list)
    against: str = 'plain'
    small: bool = False  # measured on the small inputs, in a table of its own
    slow: bool = False   # measured in every third round only
    ours: bool = False


def trackmem(name, title, options, about, **more):
    return Tool(name, title, about, TRACKMEM, {'TRACKMEM': options} if options else {}, ours=True,
                **more)


OURS = [
    trackmem('accounting', 'accounting', '', 'no options: call sites, domains, counters'),
    trackmem('check', 'check', 'check,leaks=off', 'TRACKMEM=check,leaks=off: no leak check, as the '
             'other tools are measured'),
    trackmem('stacks', 'check, stacks', 'check,stacks=16,leaks=off',
             'TRACKMEM=check,stacks=16,leaks=off'),
    trackmem('leaks', 'check, leaks', 'check', 'TRACKMEM=check: it searches for leaks at exit'),
    trackmem('sample', 'sample', 'guard=sample:5000', 'TRACKMEM=guard=sample:5000; the ratio is to '
             'accounting', against='accounting'),
    trackmem('after', 'guard=after', 'guard=after', 'TRACKMEM=guard=after', small=True, slow=True),
    trackmem('before', 'guard=before', 'guard=before', 'TRACKMEM=guard=before', small=True,
             slow=True),
]


def library(*patterns):
    """The first file that fits, in the folders where Debian has libraries."""
    arch = platform.machine()
    for pattern in patterns:
        for folder in (f'/usr/lib/{arch}-linux-gnu', '/usr/lib', '/usr/lib64', ''):
            found = sorted(glob.glob(os.path.join(folder, pattern.format(arch=arch))))
            if found:
                return found[-1]
    return None


def preloaded(name, title, package, patterns, about, environment=None, **more):
    """A tool that takes the place of malloc in the plain program; None and a reason without it."""
    path = library(*patterns)
    if not path:
        return title, package
    return Tool(name, title, f'{about}; {os.path.basename(path)} preloaded',
                environment={'LD_PRELOAD': path, **(environment or {})}, **more)


def peers(build):
    found = [
        preloaded('libc', 'MALLOC_CHECK_', 'libc6', ['libc_malloc_debug.so.0'],
                  "the C library's own checks: MALLOC_CHECK_=3", {'MALLOC_CHECK_': '3'}),
        preloaded('scudo', 'Scudo', 'libclang-rt-14-dev',
                  ['/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.scudo_standalone-{arch}.so'],
                  "LLVM's hardened allocator"),
        preloaded('tcmalloc', 'tcmalloc debug', 'libtcmalloc-minimal4',
                  ['libtcmalloc_minimal_debug.so.4'], "gperftools' debugging allocator"),
        preloaded('mimalloc', 'mimalloc secure', 'none of Debian 12',
                  ['libmimalloc-secure.so*', 'libmimalloc-debug.so*'], 'mimalloc, checked'),
        preloaded('dmalloc', 'dmalloc', 'libdmalloc-dev', ['libdmallocth.so.5'],
                  "what its command calls 'low': fence posts, freed space filled, lists checked",
                  {'DMALLOC_OPTIONS': 'debug=0x4e48503'}),
        preloaded('efence', 'Electric Fence', 'electric-fence', ['libefence.so.0'],
                  'a page behind each block', {'EF_ALLOW_MALLOC_0': '1'}, small=True, slow=True),
        preloaded('duma', 'DUMA', 'duma', ['libduma.so.0'],
                  'a page behind each block; freed memory is not protected, which would take more '
                  'mappings than there are', {'DUMA_ALLOW_MALLOC_0': '1', 'DUMA_PROTECT_FREE': '0',
                                              'DUMA_DISABLE_BANNER': '1'}, small=True, slow=True),
    ]
    if (build / 'bench' / ASAN).exists():
        found.insert(0, Tool('asan', 'ASan', 'gcc -fsanitize=address for our files (not the '
                             'libraries), no leak check', ASAN,
                             {'ASAN_OPTIONS': 'detect_leaks=0'}))
    else:
        found.insert(0, ('ASan', 'libasan8'))
    valgrind = shutil.which('valgrind')
    found.insert(1, Tool('memcheck', 'memcheck', "Valgrind's memcheck, no leak check",
                         prefix=[valgrind, '-q', '--leak-check=no'], slow=True)
                 if valgrind else ('memcheck', 'valgrind'))
    return found


def find(build):
    """All tools by name, plain first; and what is missing: a title and the package that has it."""
    found = [Tool('plain', 'plain', "the C library's malloc"), *OURS, *peers(build)]
    return ({tool.name: tool for tool in found if isinstance(tool, Tool)},
            [tool for tool in found if not isinstance(tool, Tool)])
