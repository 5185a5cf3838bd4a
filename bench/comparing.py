"""Runs whole programs under each tool and pairs the figures. Standard library only."""
import math
import os
import statistics
import subprocess
import sys
import time

import tools
from measuring import Failed, Stop, launch, machine, summary

THREADS = (1, 2)
TIMEOUT = 600  # of one program under one tool, on a busy machine


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


class Comparison:
    def __init__(self, build):
        self.build = build
        self.cpus = sorted(os.sched_getaffinity(0))
        self.tools, self.skipped = tools.find(build)
        plain = build / 'bench' / tools.PLAIN
        if not plain.exists():
            raise Stop(f'{plain} is missing; make compare builds it (it needs cJSON, libxml2 and '
                       'what the demo needs)')
        listed = subprocess.run([plain, '--list'], text=True, check=True, capture_output=True)
        self.programs = dict(line.split('\t') for line in listed.stdout.splitlines())
        self.figures, self.failed = {}, {}
        self.quarantine = tools.quarantine_bytes()

    def once(self, name, program, threads, small, seed):
        """One run of a program under one tool."""
        tool = self.tools[name]
        command = [*tool.prefix, str(self.build / 'bench' / tool.program), program,
                   '--threads', str(threads), *['--small'] * small]
        cpu = self.cpus[seed % len(self.cpus)] if threads == 1 else '-'
        return launch(self.build, cpu, command, tool.environment, TIMEOUT)

    def note(self, small, program, threads, name, values):
        self.figures.setdefault((small, program, threads, name), []).append(values)

    def turns(self, base, names, program, threads, small, seed):
        """base, A, base, B, base ...: each is held against the base before and after it."""
        clock = 'ns' if threads == 1 else 'wall_ns'
        before = self.once(base, program, threads, small, seed)
        bases = [before]
        try:
            for name in names:
                if (small, program, threads, name) in self.failed:
                    continue
                try:
                    values = self.once(name, program, threads, small, seed)
                except Failed as failure:
                    self.failed[small, program, threads, name] = str(failure).rsplit(': ', 1)[-1]
                    continue
                after = self.once(base, program, threads, small, seed)
                bases.append(after)
                values['time'] = values[clock]
                values['time_ratio'] = 2 * values[clock] / (before[clock] + after[clock])
                values['peak_ratio'] = 2 * values['peak_bytes'] / (before['peak_bytes']
                                                                   + after['peak_bytes'])
                self.note(small, program, threads, name, values)
                before = after
        finally:  # interrupted or not
            if base == 'plain':
                values = {key: statistics.median(run[key] for run in bases) for key in bases[0]}
                self.note(small, program, threads, base, values | {'time': values[clock]})

    def row(self, program, threads, names, small, seed):
        chosen = [name for name in names if self.tools[name].small == small]
        for base in ('plain', 'accounting'):
            mine = [name for name in chosen if self.tools[name].against == base]
            if mine:
                turn = seed % len(mine)
                self.turns(base, mine[turn:] + mine[:turn], program, threads, small, seed)

    def steps(self, programs, names, threads, rounds):
        """What is measured one after the other: a row, under quick tools or under slow ones."""
        for done in range(rounds):
            for slow in (False, True) if done % 3 == 0 else (False,):
                now = [name for name in names if self.tools[name].slow == slow]
                for count in threads:
                    for program in programs:
                        for small in (False, True):
                            yield done, slow, program, count, now, small

    def run(self, programs, names, threads, rounds, seconds, progress):
        """Measures, and returns all that the tables show; when interrupted, what there is."""
        start, load, last, interrupted = time.monotonic(), os.getloadavg()[0], 0, False
        steps = self.steps(programs, names, threads, rounds)
        try:
            for done, slow, program, count, now, small in steps:
                if (done or slow) and time.monotonic() - start >= seconds:
                    break
                if progress:
                    print(f'\r{program} {count} round {done + 1} of {rounds} \033[K', end='',
                          file=sys.stderr)
                self.row(program, count, now, small, done)
                last = done
        except KeyboardInterrupt:
            interrupted = True
        if progress:
            print('\r\033[K', end='', file=sys.stderr)
        result = self.result(programs, names, threads, last + 1, load, time.monotonic() - start)
        return result | {'interrupted': interrupted}

    def table(self, small, programs, names, threads):
        """Rows, a cell for each tool; the geometric means of all, and of each count of threads."""
        columns = [name for name in names if self.tools[name].small == small]
        rows = []
        for program in programs:
            for count in threads:
                cells = {name: {key: summary([v[key] for v in values])
                                for key in values[0]}
                         for name in ['plain', *columns]
                         if (values := self.figures.get((small, program, count, name)))}
                if len(cells) > 1:
                    rows.append({'program': program, 'threads': count, 'tools': cells})
        by_threads = {count: self.means(columns, [row for row in rows if row['threads'] == count])
                      for count in threads} if len(threads) > 1 else {}
        return {'columns': columns, 'rows': rows, 'means': self.means(columns, rows),
                'means_by_threads': by_threads}

    def means(self, columns, rows):
        means = {}
        for name in columns:
            cells = [(row['tools'][name], row['tools'].get('plain')) for row in rows
                     if name in row['tools']]
            if not cells:
                continue
            means[name] = {
                'rows': len(cells),
                'time_ratio': geometric_mean(c['time_ratio']['median'] for c, _ in cells),
                'peak_ratio': geometric_mean(c['peak_ratio']['median'] for c, _ in cells)}
            if name in tools.ASKED_MEMORY:
                means[name]['peak_ratio_but_quarantine'] = geometric_mean(
                    max(c['peak_bytes']['median'] - self.quarantine, 1)
                    / plain['peak_bytes']['median'] for c, plain in cells)
        return means

    def result(self, programs, names, threads, rounds, load, seconds):
        full, small = (self.table(which, programs, names, threads) for which in (False, True))
        return {'machine': machine(self.build, self.cpus, tools.PLAIN), 'rounds': rounds,
                'seconds': seconds, 'load': load, 'full': full, 'small': small,
                'titles': {name: self.tools[name].title for name in names},
                'abouts': {name: self.tools[name].about for name in names},
                'programs': {name: self.programs[name] for name in programs},
                'skipped': [f'{title} is not installed (package: {package})'
                            for title, package in self.skipped],
                'failed': [f'{self.tools[name].title} on {program}, {count} '
                           f'thread{"s" * (count > 1)}{", small" * which}: {why}'
                           for (which, program, count, name), why in self.failed.items()],
                'ours_failed': any(self.tools[key[3]].ours for key in self.failed),
                'targets': targets(full, small)}


def common_means(table, ours, peer):
    """Two columns over the rows that both have: a peer may not get through all programs."""
    rows = [row['tools'] for row in table['rows'] if {ours, peer} <= row['tools'].keys()]
    if not rows:
        return None
    return [geometric_mean(row[name]['time_ratio']['median'] for row in rows)
            for name in (ours, peer)]


def targets(full, small):
    """What is asked of the geometric means, and what was measured."""
    found, means = [], full['means']

    def hold(what, value, asked):
        found.append({'what': what, 'value': value, 'asked': asked, 'missed': value > asked})

    for name, asked in tools.ASKED_TIME.items():
        if name in means:
            hold(f'{name}: time', means[name]['time_ratio'], asked)
    for name, asked in tools.ASKED_MEMORY.items():
        if name in means:
            hold(f'{name}: memory without the quarantine',
                 means[name]['peak_ratio_but_quarantine'], asked)
    if 'sample' in means:
        hold('guard=sample: time to accounting', means['sample']['time_ratio'],
             tools.ASKED_SAMPLE)
    for peer, title in (('efence', 'Electric Fence'), ('duma', 'DUMA')):
        both = common_means(small, 'after', peer)
        if both:
            hold(f'guard=after: time, {title} being asked', *both)
    return found
