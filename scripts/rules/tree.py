"""What the rules share: which files there are, C text without comments, how a finding is said."""
import re
import subprocess
import sys
from pathlib import Path

C_SUFFIXES = ('.c', '.h', '.cpp', '.hpp', '.def', '.inc')


def root_from_arguments():
    paths = [a for a in sys.argv[1:] if not a.startswith('--')]
    return Path(paths[0] if paths else Path(__file__).parent.parent.parent).resolve()


def files(root, folders=('',), suffixes=None):
    """Paths relative to root, of what git knows or would add; of all there is without git."""
    if (root / '.git').exists():
        names = subprocess.run(
            ['git', '-C', str(root), 'ls-files', '-z', '-co', '--exclude-standard'],
            check=True, capture_output=True, text=True).stdout.split('\0')
        paths = [Path(name) for name in names if name]
    else:
        paths = [path.relative_to(root) for path in root.rglob('*') if path.is_file()]
    for path in sorted(set(paths)):
        if path.parts[0] == 'build' or not (root / path).is_file():
            continue
        if suffixes and path.suffix not in suffixes:
            continue
        if any(folder == '' or path.is_relative_to(folder) for folder in folders):
            yield path


def read(root, path):
    return (root / path).read_text(errors='replace')


def blank(text, strings=True):
    """C text with comments (and the insides of strings) blanked; lines stay where they are."""
    def replace(match):
        token = match.group(0)
        if token[0] == '/':
            return re.sub(r'[^\n]', ' ', token)
        if strings and len(token) > 1:
            return token[0] + re.sub(r'[^\n]', ' ', token[1:-1]) + token[-1]
        return token
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', replace, text,
                  flags=re.S)


class Findings:
    def __init__(self):
        self.count = 0

    def add(self, path, line, what, mend):
        self.count += 1
        print(f'{path}:{line}: {what}; {mend}')

    def finish(self):
        sys.exit(1 if self.count else 0)
