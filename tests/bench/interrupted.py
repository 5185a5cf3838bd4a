"""bench/compare, interrupted at any moment, shows what was measured until then."""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'bench'))
import comparing  # noqa: E402
import showing_tools  # noqa: E402
from tools import Tool  # noqa: E402

RUNS = 10  # plain, one, plain, other, plain: of two programs


class Interrupted(comparing.Comparison):
    """Each run takes as long as another, until one is interrupted."""

    def __init__(self, runs):
        self.tools = {name: Tool(name, name, name) for name in ('plain', 'one', 'other')}
        self.programs = {'words': 'a program', 'trees': 'another'}
        self.build, self.cpus, self.skipped = Path('/'), [0], []
        self.figures, self.failed, self.quarantine, self.left = {}, {}, 0, runs

    def once(self, name, program, threads, small, seed):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return {'ns': 1000, 'wall_ns': 1000, 'peak_bytes': 1 << 20}


def measured(runs):
    """After so many runs: was it interrupted, and how many ratios are shown?"""
    result = Interrupted(runs).run(['words', 'trees'], ['one', 'other'], [1], 1, 60, False)
    shown = [line for line in showing_tools.text(result).splitlines()
             if line.startswith(('words', 'trees'))]
    return result['interrupted'], sum(line.split().count('1.00') for line in shown)


comparing.machine = lambda *unused: dict.fromkeys(('cpu', 'cpus', 'system', 'libc', 'compiler'))
for runs in range(RUNS + 1):
    pairs = sum(max(min(runs - first, 5) - 1, 0) // 2 for first in (0, 5))
    expected = (runs < RUNS, 2 * pairs)  # a time and a resident set
    if measured(runs) != expected:
        sys.exit(f'after {runs} runs: {measured(runs)}, expected {expected}')
