"""Runs the workloads and pairs the figures. Standard library only."""
import contextlib
import ctypes.util
import difflib
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

# The most that a ratio to plain malloc may be, as asked: (workload, variant).
TARGETS = {
    ('pairs', 'driver'): 1.6, ('batches', 'driver'): 1.5, ('churn', 'driver'): 1.3,
    ('churn-2', 'driver'): 1.3, ('handover', 'driver'): 1.2,
    ('pairs', 'static'): 1.3, ('batches', 'static'): 1.3, ('churn', 'static'): 1.25,
    ('program', 'trackmem'): 1.03,
    ('churn', 'on-mimalloc'): 0.85, ('handover', 'on-mimalloc'): 0.4,
    ('program', 'on-mimalloc'): 1.0,
}
# The same for ratios to accounting without budgets: --against static.
BUDGETS_TARGETS = {(workload, 'budgets'): 1.1 for workload in
                   ('pairs', 'batches', 'churn', 'churn-2', 'handover', 'surges', 'surges-2')}
# About the least hard limit that each workload fits in, whatever the seed.
NEAR = {'pairs': '528', 'batches': '22K', 'churn': '25M', 'churn-2': '25M', 'handover': '98K',
        'surges': '124K', 'surges-2': '248K'}
# The tables of docs/performance.md: what is compared with what, over which workloads.
TABLES = {
    'figures': {'against': 'plain', 'variants': None, 'only': None},
    'budgets': {'against': 'static', 'variants': ['budgets', 'near'], 'only': [*NEAR]},
    'mimalloc': {'against': 'mimalloc', 'variants': ['on-mimalloc'],
                 'only': ['pairs', 'batches', 'churn', 'churn-2', 'handover']},
}
OWN_BYTES_TARGET = 4 << 20  # 4,000 call sites, 64 threads
REGISTRY = Path('/usr/share/vulkan/registry/vk.xml')  # what the program loads
ASKED = ('pairs', 'batches', 'churn', 'churn-2', 'handover', 'surges', 'surges-2')
TIMEOUT = 60


class Stop(Exception):
    """The benchmark cannot run; the text says why and what to do."""


class Failed(Exception):
    """One process went wrong."""


@dataclass
class Variant:
    name: str
    title: str
    about: str
    command: list
    environment: dict = field(default_factory=dict)
    on_demand: bool = False  # measured only when it is named
    only: dict = field(default_factory=dict)  # the workloads it is for, if not all: environment


@dataclass
class Workload:
    name: str
    threads: int
    about: str


@dataclass
class Program:
    about: str
    variants: dict


def find_variants(build):
    """All variants whose files are there, plain first."""
    here = build / 'bench'
    loader = [str(here / 'loader')]
    driver = [*loader, str(here / 'driver.so')]
    mimalloc = ctypes.util.find_library('mimalloc')
    found = [
        Variant('plain', 'plain', "the C library's malloc", [str(here / 'plain')]),
        Variant('static', 'static', 'trackmem linked into the program', [str(here / 'static')]),
        Variant('driver', 'dlopened', 'workload and trackmem in one dlopened object', driver),
        Variant('client', 'shared lib', 'a dlopened object that calls libtrackmem.so',
                [*loader, str(here / 'client.so')]),
        Variant('direct', 'reuse=off', 'dlopened, every free reaches malloc: TRACKMEM=reuse=off',
                driver, {'TRACKMEM': 'reuse=off'}),
        Variant('classic', 'classic', '64-byte header, one mutex, one list: bench/classic.c',
                [str(here / 'classic')]),
    ]
    found.append(Variant('again', 'plain again', 'plain once more: what noise alone gives',
                         [str(here / 'plain')], on_demand=True))
    if mimalloc:
        found.append(Variant('mimalloc', 'mimalloc', 'plain mimalloc 2, preloaded',
                             [str(here / 'plain')], {'LD_PRELOAD': mimalloc}))
        found.append(Variant('on-mimalloc', 'on mimalloc', 'static, TRACKMEM=backend=mimalloc',
                             [str(here / 'static')], {'TRACKMEM': 'backend=mimalloc'}))
    found += [
        Variant('budgets', 'two budgets', 'static, far limits on two ancestors: '
                'TRACKMEM=budget=driver:1G,driver/compiler:512M', [str(here / 'static')],
                {'TRACKMEM': 'budget=driver:1G,driver/compiler:512M'}, on_demand=True),
        Variant('near', 'near a limit', 'static, limits on two ancestors that just hold what '
                'the workload takes', [str(here / 'static')], on_demand=True,
                only={workload: {'TRACKMEM': f'budget=driver:{most},driver/compiler:{most}'}
                      for workload, most in NEAR.items()}),
    ]
    return {v.name: v for v in found if all(Path(f).exists() for f in v.command)}


def find_program(build):
    here = build / 'examples' / 'registry'
    plain, tracked = here / 'registry-plain', here / 'registry'
    if not (plain.exists() and tracked.exists() and REGISTRY.exists()):
        return None
    options = ['--quiet', '--repeat', '3']
    mimalloc = ctypes.util.find_library('mimalloc')
    found = [Variant('plain', 'plain', '', [str(plain), *options]),
             Variant('trackmem', 'with trackmem', '', [str(tracked), *options])]
    if mimalloc:
        found.append(Variant('mimalloc', 'on plain mimalloc', '', found[0].command,
                             {'LD_PRELOAD': mimalloc}))
        found.append(Variant('on-mimalloc', 'with trackmem on mimalloc', '', found[1].command,
                             {'TRACKMEM': 'backend=mimalloc'}))
    return Program('vk.xml through expat into SQLite, 3 times over', {v.name: v for v in found})


def choose(names, known, what, command):
    """The known names that were asked for, in the order they are known."""
    for name in names or []:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f'see {command} --list'
            raise Stop(f"there is no {what} '{name}'; {hint}")
    return [name for name in known if not names or name in names]


def quartiles(values):
    if len(values) == 1:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method='inclusive')
    return low, high


def summary(values):
    low, high = quartiles(values)
    return {'median': statistics.median(values), 'low_quartile': low, 'high_quartile': high,
            'min': min(values), 'max': max(values), 'rounds': len(values)}


class Worker:
    """A process that answers by lines of JSON."""

    def __init__(self, command, environment, timeout=TIMEOUT):
        kept = {k: v for k, v in os.environ.items()
                if k not in ('TRACKMEM', 'LD_PRELOAD') and not k.startswith('MALLOC_')}
        self.name = ' '.join(command)
        self.timeout = timeout
        self.process = subprocess.Popen(
            command, env=kept | environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.watch = threading.Timer(timeout, self.process.kill)
        self.watch.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.watch.cancel()
        self.process.kill()
        self.process.communicate()

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            _, said = self.process.communicate()
            reason = said.strip().splitlines()[:1] or [
                f'ended with {self.process.returncode} (killed after {self.timeout} s if -9)']
            raise Failed(f'{self.name}: {reason[0]}')
        return json.loads(line)

    def repetition(self):
        try:
            self.process.stdin.write('\n')
            self.process.stdin.flush()
        except OSError:
            pass  # it is gone; line() says why
        return self.line()

    def end(self):
        """The last line; the process must end well, with nothing to say."""
        self.process.stdin.close()
        last = self.line()
        self.process.stdin = None
        _, said = self.process.communicate()
        if self.process.returncode or said:
            raise Failed(f'{self.name}: ended with {self.process.returncode}: {said.strip()[:200]}')
        return last


def launch(build, cpu, command, environment, timeout=TIMEOUT):
    """One run of a whole program: time on the CPU, on the wall, largest resident set."""
    settings = [f'{name}={value}' for name, value in environment.items()]
    with Worker([str(build / 'bench' / 'launch'), str(cpu), *settings, *command], {},
                timeout) as worker:
        raw = worker.line()
    return {'ns': raw['cpu_ns'], 'wall_ns': raw['wall_ns'], 'peak_bytes': raw['peak_bytes']}


class Bench:
    def __init__(self, build, against='plain'):
        self.build = build
        self.variants = find_variants(build)
        if against not in self.variants:
            raise Stop(f"there is no variant '{against}' to compare with; see bench/run --list")
        self.against = self.variants[against].title
        self.targets = {'plain': TARGETS, 'static': BUDGETS_TARGETS}.get(against, {})
        self.variants['plain'] = replace(self.variants[against], name='plain')
        self.program = find_program(build)
        if 'plain' not in self.variants:
            raise Stop(f"{build / 'bench' / 'plain'} is missing; make bench builds it")
        self.cpus = sorted(os.sched_getaffinity(0))
        listed = subprocess.run([*self.variants['plain'].command, '--list'], text=True, check=True,
                                capture_output=True).stdout
        self.workloads = {}
        for line in listed.splitlines():
            name, threads, about = line.split('\t')
            self.workloads[name] = Workload(name, int(threads), about)

    def one_program(self, variant, seed):
        known = self.program.variants[variant]
        return launch(self.build, self.cpus[seed % len(self.cpus)], known.command,
                      known.environment)

    def program_round(self, seed, cycles, figures):
        """plain, A, plain, B, plain: one run each."""
        plain = [self.one_program('plain', seed)]
        for variant in [v for v in self.program.variants if v != 'plain'] * cycles:
            values = self.one_program(variant, seed)
            plain.append(self.one_program('plain', seed))
            for clock in ('ns', 'wall_ns'):
                values[f'{clock}_ratio'] = 2 * values[clock] / (plain[-2][clock] + plain[-1][clock])
            figures.setdefault(('program', variant), []).append(values)
        figures.setdefault(('program', 'plain'), []).append(
            {key: statistics.median(run[key] for run in plain) for key in plain[0]})

    def round(self, name, variants, seed, cycles, figures):
        """A process per variant; a repetition each by turns: plain, A, plain, B ... plain."""
        threads = self.workloads[name].threads
        clock = 'cpu_ns' if threads == 1 else 'wall_ns'
        arguments = [name, '--seed', str(seed)]
        if threads == 1:
            arguments += ['--cpu', str(self.cpus[seed % len(self.cpus)])]
        variants = [v for v in variants if name in (self.variants[v].only or [name])]
        turn = seed % len(variants) if variants else 0
        order = ['plain', *variants[turn:], *variants[:turn]]
        with contextlib.ExitStack() as stack:
            workers = {}
            for variant in order:
                known = self.variants[variant]
                workers[variant] = stack.enter_context(
                    Worker([*known.command, *arguments],
                           known.environment | known.only.get(name, {})))
                workers[variant].line()
            times, ratios = {v: [] for v in order}, {v: [] for v in variants}
            times['plain'].append(workers['plain'].repetition()[clock])
            for variant in order[1:] * cycles:
                times[variant].append(workers[variant].repetition()[clock])
                times['plain'].append(workers['plain'].repetition()[clock])
                ratios[variant].append(
                    2 * times[variant][-1] / (times['plain'][-1] + times['plain'][-2]))
            for variant in order:
                values = {'ns': statistics.median(times[variant]), **workers[variant].end()}
                if variant != 'plain':
                    values['ns_ratio'] = statistics.median(ratios[variant])
                figures.setdefault((name, variant), []).append(values)

    def run(self, workloads, variants, rounds, seconds, cycles, progress):
        """Measures, and returns all that the tables show."""
        others = [v for v in variants if v != 'plain']
        figures, failed = {}, []
        start = time.monotonic()
        load = os.getloadavg()[0]
        done = 0
        while done < rounds and (done < 2 or time.monotonic() - start < seconds):
            for name in list(workloads):
                if name not in (*ASKED, 'program') and done % 3:
                    continue  # what no target asks for is measured in every third round
                if progress:
                    print(f'\r{name:16} round {done + 1} of {rounds} \033[K', end='',
                          file=sys.stderr)
                try:
                    if name == 'program':
                        self.program_round(done, 1, figures)
                    else:
                        self.round(name, others, done, cycles, figures)
                except Failed as failure:
                    failed.append(str(failure))
                    workloads = [w for w in workloads if w != name]
            done += 1
        if progress:
            print('\r\033[K', end='', file=sys.stderr)
        return self.result(figures, others, failed, done, load, time.monotonic() - start)

    def result(self, figures, variants, failed, rounds, load, seconds):
        rows, missed = [], []
        for name in [*self.workloads, 'program']:
            if (name, 'plain') not in figures:
                continue
            row = {'workload': name, 'variants': {}, 'about':
                   self.program.about if name == 'program' else self.workloads[name].about}
            rows.append(row)
            for (workload, variant), values in figures.items():
                if workload != name:
                    continue
                cell = {key: summary([v[key] for v in values]) for key in values[0]}
                asked = self.targets.get((name, variant))
                if asked:
                    cell['asked'] = asked
                    cell['missed'] = cell['ns_ratio']['median'] > asked
                    if cell['missed']:
                        missed.append([name, variant, cell['ns_ratio']['median'], asked])
                row['variants'][variant] = cell
            if name == 'sites':
                self.counters(row, missed)
        titles = {v.name: v.title for v in self.variants.values() if v.name in variants}
        return {'against': self.against, 'machine': machine(self.build, self.cpus),
                'rounds': rounds, 'seconds': seconds, 'load': load, 'titles': titles,
                'rows': rows, 'missed': missed, 'failed': failed,
                'abouts': {v.name: v.about for v in self.variants.values()}}

    def counters(self, row, missed):
        """What trackmem occupies for itself, and how much more of the process is resident."""
        plain = row['variants']['plain']['grown_bytes']['median']
        for variant, cell in row['variants'].items():
            cell['more_bytes'] = cell['grown_bytes']['median'] - plain
            own = cell['own_bytes']['median']
            if variant in ('static', 'driver', 'client') and own > OWN_BYTES_TARGET:
                missed.append(['sites', variant, own, OWN_BYTES_TARGET])


def machine(build, cpus, program='plain'):
    """What the figures depend on, in words."""
    model = 'unknown CPU'
    for line in Path('/proc/cpuinfo').read_text().splitlines():
        if line.startswith('model name'):
            model = ' '.join(line.split(':', 1)[1].split())
            break
    libc = ' '.join(platform.libc_ver()).strip() or 'unknown C library'
    compiler = 'unknown compiler'
    for name, pattern in (('clang', rb'clang version ([\d.]+)'),
                          ('gcc', rb'GCC: \([^)]*\) ([\d.]+)')):
        found = re.search(pattern, (build / 'bench' / program).read_bytes())
        if found:
            compiler = f'{name} {found.group(1).decode()}'
            break
    system = 'Linux ' + '.'.join(platform.release().split('-')[0].split('.')[:2])
    return {'cpu': model, 'cpus': len(cpus), 'system': system,
            'libc': libc, 'compiler': compiler}
