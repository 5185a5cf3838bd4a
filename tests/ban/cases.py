"""The matrix of ban.h, unban.h and redirect.h: what each source must make a compiler say.

A line that ends in `// BANNED words` must be an error that holds the words; every other line must
compile without a word. A case may ask for something else: see Case.
"""
from dataclasses import dataclass

from sources import (AS_DECLARED, DELETE_ONE, INCLUDES, INNOCENT, INNOCENT_DECLARATIONS,
                     INNOCENT_IN_CXX, LATER_HEADERS, OTHER_WAYS, OTHER_WAYS_IN_CXX)

BAN = '#include <trackmem/ban.h>\n'
UNBAN = '#include <trackmem/unban.h>\n'

# name: a call of it, what the message must say, where it exists
EVERYWHERE, POSIX, WINDOWS = 'everywhere', 'posix', 'windows'
TEXT = ' of trackmem/text.h'
NAMES = {
    'malloc': ('(void)!malloc(1)', 'trackmem_malloc', EVERYWHERE),
    'calloc': ('(void)!calloc(1, 2)', 'trackmem_calloc', EVERYWHERE),
    'realloc': ('(void)!realloc(p, 2)', 'trackmem_realloc', EVERYWHERE),
    'free': ('free(p)', 'trackmem_free', EVERYWHERE),
    'strdup': ('(void)!strdup(s)', 'trackmem_strdup' + TEXT, EVERYWHERE),
    'asprintf': ('(void)!asprintf(&s, "%d", 1)', 'trackmem_asprintf' + TEXT, EVERYWHERE),
    'vasprintf': ('(void)!vasprintf(&s, "x", list)', 'trackmem_vasprintf' + TEXT, EVERYWHERE),
    'wcsdup': ('(void)!wcsdup(w)', 'trackmem_memdup', EVERYWHERE),
    'reallocarray': ('(void)!reallocarray(p, 1, 2)', 'trackmem_reallocarray', POSIX),
    'strndup': ('(void)!strndup(s, 1)', 'trackmem_strndup' + TEXT, POSIX),
    'posix_memalign': ('(void)!posix_memalign(&p, 16, 1)', 'trackmem_aligned_alloc', POSIX),
    'aligned_alloc': ('(void)!aligned_alloc(16, 16)', 'trackmem_aligned_alloc', POSIX),
    'memalign': ('(void)!memalign(16, 1)', 'trackmem_aligned_alloc', POSIX),
    'valloc': ('(void)!valloc(1)', 'trackmem_aligned_alloc', POSIX),
    'malloc_usable_size': ('(void)!malloc_usable_size(p)', 'trackmem_size', POSIX),
    '_strdup': ('(void)!_strdup(s)', 'trackmem_strdup' + TEXT, WINDOWS),
    '_wcsdup': ('(void)!_wcsdup(w)', 'trackmem_memdup', WINDOWS),
    '_recalloc': ('(void)!_recalloc(p, 1, 2)', 'trackmem_reallocarray', WINDOWS),
    '_aligned_malloc': ('(void)!_aligned_malloc(1, 16)', 'trackmem_aligned_alloc', WINDOWS),
    '_aligned_realloc': ('(void)!_aligned_realloc(p, 1, 16)', 'trackmem_aligned_realloc', WINDOWS),
    '_aligned_recalloc': ('(void)!_aligned_recalloc(p, 1, 2, 16)', 'trackmem_aligned_realloc',
                          WINDOWS),
    '_aligned_offset_malloc': ('(void)!_aligned_offset_malloc(1, 16, 8)', 'trackmem_aligned_alloc',
                               WINDOWS),
    '_aligned_offset_realloc': ('(void)!_aligned_offset_realloc(p, 1, 16, 8)',
                                'trackmem_aligned_realloc', WINDOWS),
    '_aligned_offset_recalloc': ('(void)!_aligned_offset_recalloc(p, 1, 2, 16, 8)',
                                 'trackmem_aligned_realloc', WINDOWS),
    '_aligned_free': ('_aligned_free(p)', 'trackmem_aligned_free', WINDOWS),
    '_msize': ('(void)!_msize(p)', 'trackmem_size', WINDOWS),
    '_aligned_msize': ('(void)!_aligned_msize(p, 16, 0)', 'trackmem_size', WINDOWS),
}
# Of these <cstdlib> brings a second name.
IN_STD = ('malloc', 'calloc', 'realloc', 'free', 'aligned_alloc')


def exists(name, config):
    return NAMES[name][2] in (EVERYWHERE, WINDOWS if config.windows else POSIX)


USES = {
    'call': 'void call_{name}(void *p, char *s, wchar_t *w, va_list list);\n'
            'void call_{name}(void *p, char *s, wchar_t *w, va_list list)\n'
            '{{\n    (void)p; (void)s; (void)w; (void)list;\n    {call}; // BANNED {says}\n}}',
    'value': 'void (*value_{name})(void) = (void (*)(void)){name}; // BANNED {says}',
    'address': 'void *address_{name}(void) {{ return (void *)&{name}; }} // BANNED {says}',
}


def one_use(use, words):
    """One use of each name: some compilers tell of an unknown name only once."""
    def source(config):
        lines = [USES[use].format(name=name, call=call, says=words.format(
                     name=name, instead=instead.replace(TEXT, '_of_text_h')))
                 for name, (call, instead, _) in NAMES.items() if exists(name, config)]
        return INCLUDES + BAN + BAN + '\n'.join(lines) + '\n'
    return source


def every_name(config):
    """A call of each name, its address, its value."""
    lines = []
    for name, (call, instead, _) in NAMES.items():
        if not exists(name, config):
            continue
        says = f'use {instead}'
        lines += [USES[use].format(name=name, call=call, says=says) for use in USES]
        if config.cxx and name in IN_STD:
            inside = call.replace(name, f'std::{name}')
            lines.append(f'void in_std_{name}(void *p) {{ (void)p; {inside}; }} // BANNED {says}')
    return '\n'.join(lines) + '\n'


@dataclass
class Case:
    """
    source    text, or a function of the configuration
    flags     further arguments of the compiler
    says      if set, the output must hold this, and the lines are not compared
    where     a function of the configuration: whether the case applies
    """
    title: str
    source: object
    flags: tuple = ()
    says: str = ''
    where: object = lambda config: True


def caught(config):
    return INCLUDES + BAN + every_name(config) + OTHER_WAYS


def caught_operators(config):
    del config
    return INCLUDES + BAN + OTHER_WAYS_IN_CXX


def goes_on(config):
    return (INCLUDES + BAN + BAN + INNOCENT_DECLARATIONS + INNOCENT +
            (INNOCENT_IN_CXX if config.cxx else '') + LATER_HEADERS +
            'void last(void *p); void last(void *p) { free(p); } // BANNED trackmem_free\n')


def region(config):
    del config
    return (INCLUDES + BAN + 'void a(void *p) { free(p); } // BANNED trackmem_free\n' +
            UNBAN + 'void b(void *p) { free(p); }\nvoid (*c)(void *) = free;\n' +
            UNBAN + 'char *d(char *p) { return strdup(p); }\n' +
            BAN + 'void e(void *p) { free(p); } // BANNED trackmem_free\n' +
            'char *f(char *p) { return strdup(p); } // BANNED trackmem_strdup\n')


# Files one after the other, as a unity build has them.
READY = ('#include <stdio.h>\n' + BAN +
         'void *{0}1(void) {{ return early_inline(); }}\n'
         'void {0}2(void *p) {{ free(p); }} // BANNED trackmem_free\n')
NOT_READY = 'void *{0}(void) {{ return malloc(1); }}\n'


def unity(config):
    del config
    return (INCLUDES + READY.format('a') + READY.format('b') + UNBAN + NOT_READY.format('c') +
            READY.format('d'))


UNAVAILABLE = ('-DTRACKMEM_BAN_UNAVAILABLE',)
DEFINE = ('-DTRACKMEM_BAN_DEFINE',)
POISON = ('-DTRACKMEM_BAN_POISON',)
OLD = '__attribute__((deprecated)) void old(void);\n'
C_ONLY = {'where': lambda config: not config.cxx}
CXX_ONLY = {'where': lambda config: config.cxx}
PLAIN = {'where': lambda config: not config.fortify}


def gnu(config):
    return config.gnu


def clang(config):
    return not config.gnu


def defined_members(config):
    del config
    return (INCLUDES + BAN + INNOCENT_DECLARATIONS +
            'void t1(struct table *t); void t1(struct table *t) { t->free(t->malloc(1)); }\n'
            'int t2(int free) { return free; }\n'
            'int t3(void) { int malloc = 5; goto calloc; calloc: return malloc; }\n')


CASES = [
    # The ban, in each of its modes.
    Case('each name and each way to use it is banned', caught),
    Case('operators new, and delete of arrays, are banned', caught_operators, **CXX_ONLY),
    Case('delete of one object is banned where that is asked for',
         INCLUDES + BAN + DELETE_ONE, ('-DTRACKMEM_BAN_DELETE',), **CXX_ONLY),
    Case('names of one\'s own, the library and later headers go on compiling', goes_on),
    Case('a region is lifted, and banned again', region),
    Case('a lifted name is what the system declared', INCLUDES + BAN + UNBAN + AS_DECLARED,
         where=lambda c: c.cxx and not c.windows),
    Case('files of a unity build, one of them not ready', unity),
    Case('unavailable: each name is banned', caught, UNAVAILABLE, **PLAIN),
    Case('unavailable: the rest goes on compiling', goes_on, UNAVAILABLE, **PLAIN),
    *[Case(f'define: each name is banned as a {use}',
           one_use(use, '{name}_is_banned_use_{instead}'), DEFINE, **PLAIN) for use in USES],
    Case('define: a region is lifted, and banned again', INCLUDES + BAN + UNBAN +
         'void b(void *p) { free(p); }\n' + BAN +
         'void c(void *p) { free(p); } // BANNED free_is_banned_use_trackmem_free\n',
         DEFINE, **PLAIN),
    Case('define: members and locals that come later go on compiling', defined_members, DEFINE,
         **PLAIN),
    *[Case(f'poison: each name is banned as a {use}', one_use(use, 'poisoned'), POISON, **PLAIN)
      for use in USES],
    Case('mesa.h: the messages say its names',
         '#include <stdlib.h>\n#include <trackmem/mesa.h>\n' + BAN +
         'void *a(void) { return malloc(1); } // BANNED use MALLOC\n'
         'void b(void *p) { free(p); } // BANNED use FREE, or trackmem_libc_free\n', **PLAIN),
    Case('the named escapes and the verbs compile under the ban',
         '#include <trackmem/text.h>\n#include <trackmem/mesa.h>\n' + BAN +
         'void a(void *p); void a(void *p) { trackmem_libc_free(p); FREE(STRDUP("x")); }\n'
         'void (*b)(void *) = trackmem_libc_free;\nvoid (*c)(void *) = trackmem_free;\n'
         'void *d(void); void *d(void) { return trackmem_calloc(1, 2); }\n'),
    Case('disabled: the verbs compile under the ban, and the names do not',
         '#include <stdlib.h>\n#include <trackmem/text.h>\n' + BAN +
         'void a(void *p) { trackmem_free(trackmem_realloc(p, 5)); trackmem_libc_free(p); }\n'
         'char *b(void) { return trackmem_strdup((char *)trackmem_calloc(1, 2)); }\n'
         'void *c(void) { return trackmem_aligned_alloc(64, 5); }\n'
         'void d(void *p) { free(p); } // BANNED trackmem_free\n',
         ('-DTRACKMEM_DISABLE',), **PLAIN),
    Case('disabled: a header of trackmem may follow the ban', '#include <stdlib.h>\n' + BAN +
         '#include <trackmem/mesa.h>\n#include <trackmem/observe.h>\n'
         'void a(void *p) { FREE(MALLOC(1)); align_free(p); }\n'
         'void b(void *p) { free(p); } // BANNED trackmem_free\n',
         ('-DTRACKMEM_DISABLE',), **PLAIN),
    Case('a macro of the name that stands before the ban does not open a way',
         INCLUDES + '#define free(p) early_free(p)\n#define malloc early_malloc\n' + BAN +
         'void a(void *p) { free(p); } // BANNED trackmem_free\n'
         'void *b(void) { return malloc(1); } // BANNED trackmem_malloc\n', **PLAIN),
    Case('-Wno-deprecated-declarations on the command line does not open a way',
         INCLUDES + BAN + 'void a(void *p) { free(p); } // BANNED trackmem_free\n',
         ('-Wno-deprecated-declarations', '-Wno-error'), **PLAIN),
    Case('TRACKMEM_BAN_KEEP_NEW leaves operators alone',
         INCLUDES + BAN + 'int *a() { return new int; }\nvoid b(int *p) { delete[] p; }\n'
         'void c(void *p) { free(p); } // BANNED trackmem_free\n',
         ('-DTRACKMEM_BAN_KEEP_NEW',), **CXX_ONLY),

    # The limits that ban.h states, and their mends.
    Case('limit: other deprecated functions are errors', INCLUDES + OLD + BAN +
         'void a(void) { old(); } // BANNED deprecated\n', **PLAIN),
    Case('mend: unavailable leaves other deprecated functions warnings', INCLUDES + OLD + BAN +
         'void a(void) { old(); }\n', ('-Wno-deprecated-declarations', *UNAVAILABLE), **PLAIN),
    Case('limit: -w hushes the default ban', INCLUDES + BAN +
         'void a(void *p) { free(p); }\n', ('-w',), **PLAIN),
    Case('mend: unavailable is not hushed by -w', INCLUDES + BAN +
         'void a(void *p) { free(p); } // BANNED trackmem_free\n', ('-w', *UNAVAILABLE), **PLAIN),
    Case('limit: clang bans nothing in deprecated functions', INCLUDES + BAN +
         '__attribute__((deprecated)) void a(void *p) { free(p); }\n', where=clang),
    Case('gcc bans in deprecated functions too', INCLUDES + BAN +
         '__attribute__((deprecated)) void a(void *p) { free(p); } // BANNED trackmem_free\n',
         where=lambda c: gnu(c) and not c.cxx),
    Case('limit: inline functions of later headers are banned', INCLUDES + BAN +
         '#include "inline.h"\n', says='trackmem_malloc', **PLAIN),
    Case('mend: a later header within a lifted region', INCLUDES + BAN + UNBAN +
         '#include "inline.h"\n' + BAN + 'void *a(void) { return others_inline(); }\n', **PLAIN),
    Case('mend: a later header found by -isystem', INCLUDES + BAN + '#include <sys_inline.h>\n'
         'void *a(void) { return others_inline(); }\n', **PLAIN),
    Case('limit: g++ warns of templates of earlier headers', INCLUDES + BAN +
         'void *a() { return early_template(5); }\n', says="early.h:7:",
         where=lambda c: gnu(c) and c.cxx),
    Case('mend: the warnings of templates are hushed, the ban is not', INCLUDES + BAN +
         'void *a() { return early_template(5); }\n'
         'void b(void *p) { free(p); } // BANNED trackmem_free\n',
         ('-Wno-deprecated-declarations',), **CXX_ONLY),
    Case('limit: unavailable leaves operators alone', INCLUDES + BAN +
         'int *a() { return new int; }\n', UNAVAILABLE, **CXX_ONLY),
    Case('limit: delete of one object compiles', INCLUDES + BAN +
         'void a(int *p) { delete p; }\nstruct b { virtual ~b(); };\nb::~b() {}\n', **CXX_ONLY),
    Case('limit: builtins compile', INCLUDES + BAN +
         'void a(void *p) { __builtin_free(p); }\n', **PLAIN),
    Case('limit: a macro of a system header is not seen by g++',
         INCLUDES + '#include <system.h>\n' + BAN + 'void *a(void) { return SYSTEM_MACRO(1); }\n',
         ('-ftrack-macro-expansion=2',), where=lambda c: gnu(c) and c.cxx),
    Case('limit: a static function of one\'s own with such a name collides',
         '#include <stddef.h>\nstatic void *memalign(int a) { return 0; }\n' + BAN,
         says='memalign', where=lambda c: not c.windows and not c.cxx),
    Case('limit: what is unavailable is not lifted, and says so', INCLUDES + BAN + UNBAN,
         UNAVAILABLE, says='cannot be lifted', **PLAIN),
    Case('limit: what is poisoned is not lifted, and says so', INCLUDES + BAN + UNBAN,
         POISON, says='cannot be lifted', **PLAIN),
    Case('limit: define breaks members that earlier headers declared', INCLUDES + BAN +
         'void a(struct early_pool *p) { p->free(p); } // BANNED free_is_banned\n',
         DEFINE, **PLAIN),
    Case('limit: poison breaks members', INCLUDES + BAN +
         'void a(struct early_pool *p) { p->free(p); } // BANNED poisoned\n', POISON, **PLAIN),
    Case('limit: poison does not see macros of earlier headers', INCLUDES + BAN +
         'void *a(void) { return EARLY_MACRO(1); }\n', POISON, **PLAIN),

    # redirect.h
    Case('redirect: calls and addresses compile', INCLUDES + '#include <trackmem/redirect.h>\n' +
         '#include <trackmem/redirect.h>\n' + INNOCENT_DECLARATIONS +
         'void *a(void) { return realloc(calloc(1, malloc(1) != 0), 5); }\n'
         'void (*b)(void *) = free;\nvoid *(*c)(size_t) = malloc;\n'
         'char *d(char *p) { free(p); return strdup(p); }\n'
         'int e(char **p) { return asprintf(p, "%d", 5); }\n'
         'wchar_t *f(wchar_t *p) { return wcsdup(p); }\n'),
    Case('redirect: aligned names compile', INCLUDES + '#include <trackmem/redirect.h>\n'
         'int a(void **p) { return posix_memalign(p, 64, 5); }\n'
         'void *b(void) { return aligned_alloc(64, 64); }\n'
         'void *c(void) { return memalign(64, 5); }\nvoid *d(void) { return valloc(5); }\n'
         'void *e(void *p) { return reallocarray(p, 5, 5); }\n'
         'char *f(char *p) { return strndup(p, 5); }\n', where=lambda c: not c.windows),
    Case('redirect: Windows\' aligned names compile', INCLUDES + '#include <trackmem/redirect.h>\n'
         'void *a(void) { return _aligned_realloc(_aligned_malloc(5, 64), 5, 64); }\n'
         'void b(void *p) { _aligned_free(p); }\nchar *c(char *p) { return _strdup(p); }\n',
         where=lambda c: c.windows),
    Case('redirect: sizes compile', INCLUDES + '#include <trackmem/redirect.h>\n'
         'size_t a(void *p) { return malloc_usable_size(p); }\n'
         'size_t (*b)(const void *) = malloc_usable_size;\n', where=lambda c: not c.windows),
    Case('redirect: Windows\' sizes compile', INCLUDES + '#include <trackmem/redirect.h>\n'
         'size_t a(void *p) { return _msize(p) + _aligned_msize(p, 64, 0); }\n'
         'size_t (*b)(const void *) = _msize;\n', where=lambda c: c.windows),
    Case('redirect: what Windows has beyond that does not compile',
         INCLUDES + '#include <trackmem/redirect.h>\n'
         'void *(*a)(void *, size_t, size_t) = _recalloc; // BANNED _recalloc_has_no_redirection\n'
         'void *(*b)(size_t, size_t, size_t) = _aligned_offset_malloc; '
         '// BANNED _has_no_redirection\n', where=lambda c: c.windows),
    Case('redirect: ended by unban.h', INCLUDES + '#include <trackmem/redirect.h>\n' + UNBAN +
         'void a(struct early_pool *p) { p->free(p); }\n'
         '#ifdef free\n#error "still redirected"\n#endif\n', **PLAIN),
    Case('redirect: ended by ban.h', INCLUDES + '#include <trackmem/redirect.h>\n' + BAN +
         'void a(void *p) { free(p); } // BANNED trackmem_free\n', **PLAIN),
    Case('limit: redirect breaks members of these names, those that come later too',
         INCLUDES + '#include <trackmem/redirect.h>\n' + INNOCENT_DECLARATIONS +
         'void a(struct early_pool *p) { p->free(p); } // BANNED trackmem_free\n'
         'void b(struct table *t) { t->free(t); } // BANNED trackmem_free\n', **PLAIN),
    Case('limit: redirect changes the type of the address of what gives sizes',
         INCLUDES + '#include <trackmem/redirect.h>\n#if defined(_WIN32)\n'
         'size_t (*a)(void *) = _msize;\n#else\n'
         'size_t (*a)(void *) = malloc_usable_size;\n#endif\n', says='const void', **PLAIN),
    Case('limit: redirect breaks std::malloc', INCLUDES + '#include <trackmem/redirect.h>\n'
         'void *a() { return std::malloc(1); } // BANNED trackmem_malloc\n', **CXX_ONLY),

    # mesa.h
    Case('mesa.h after a header of the same names is an error with the mend',
         '#define FREE(p) other_free(p)\n#include <trackmem/mesa.h>\n',
         says='include trackmem/mesa.h in its place', **PLAIN),
    Case('mesa.h after another align_free is an error with the mend',
         '#define align_free(p) other_free(p)\n#include <trackmem/mesa.h>\n',
         says='include trackmem/mesa.h in its place', **PLAIN),
    Case('mesa.h after another STRDUP is an error with the mend',
         '#define STRDUP(p) other(p)\n#include <trackmem/mesa.h>\n',
         says='rename that one', **PLAIN),
    Case('mesa.h after another debug_memory_begin is an error with the mend',
         '#define debug_memory_begin() 0\n#include <trackmem/mesa.h>\n',
         says='in place of util/os_memory_debug.h', **PLAIN),
    Case('limit: a macro of the same name after mesa.h is warned of',
         '#include <trackmem/mesa.h>\n#define FREE(p) other_free(p)\n', says='redefined', **PLAIN),
]
