#!/usr/bin/env python3
"""The three forms of checked.def, and what docs/misuse.md lists, name the same functions.

list.py ROOT
"""
import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
text = (root / 'include/trackmem/checked.def').read_text()
listed = re.findall(r'^TRACKMEM_CHECKED(?:_SEARCH|_PRINT)?\((\w+),', text, re.M)
table = re.search(r'^## Checked copies$.*?(?=^## )', (root / 'docs/misuse.md').read_text(),
                  re.M | re.S)
rows = '\n'.join(re.findall(r'^\|.*$', table.group(0) if table else '', re.M))
forms = {
    'the lines #undef': re.findall(r'^#undef (\w+)$', text, re.M),
    'the lines #define': re.findall(r'^#define (\w+)\(\.\.\.\) +TRACKMEM_CHECKED_CALL_\(\1, '
                                    r'__VA_ARGS__\)$', text, re.M),
    'docs/misuse.md, "Checked copies"': re.findall(r'`(\w+)`', rows),
}
wrong = [f'checked.def lists {len(listed)} functions'] if len(listed) < 40 else []
for form, names in forms.items():
    wrong += [f'{form}: {name} is missing' for name in listed if name not in names]
    wrong += [f'{form}: {name} is too much' for name in names if name not in listed]
print('\n'.join(wrong) or f'{len(listed)} functions')
sys.exit(bool(wrong))
