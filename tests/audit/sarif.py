#!/usr/bin/env python3
"""Holds a file to what SARIF 2.1.0 (OASIS) requires of the parts that we write.   sarif.py FILE

The properties and their kinds are those of the specification's sections 3.13 to 3.58; a property
that is not listed here is one that we do not mean to write.
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

# kind: {property: (kind of value, required)}; [kind] is an array of it, {words} one of these.
KINDS = {
    'log': {'$schema': ('uri', False), 'version': ({'2.1.0'}, True), 'runs': (['run'], True)},
    'run': {'tool': ('tool', True), 'invocations': (['invocation'], False),
            'results': (['result'], False)},
    'tool': {'driver': ('component', True)},
    'component': {'name': ('text', True), 'version': ('text', False), 'rules': (['rule'], False)},
    'rule': {'id': ('text', True), 'shortDescription': ('message', False)},
    'message': {'text': ('text', True)},
    'invocation': {'executionSuccessful': ('truth', True),
                   'toolExecutionNotifications': (['notification'], False)},
    'notification': {'level': ({'none', 'note', 'warning', 'error'}, False),
                     'message': ('message', True), 'locations': (['location'], False)},
    'result': {'ruleId': ('text', False), 'ruleIndex': ('index', False),
               'level': ({'none', 'note', 'warning', 'error'}, False),
               'message': ('message', True), 'locations': (['location'], False),
               'occurrenceCount': ('count', False),
               'baselineState': ({'new', 'unchanged', 'updated', 'absent'}, False),
               'suppressions': (['suppression'], False)},
    'suppression': {'kind': ({'inSource', 'external'}, True), 'justification': ('text', False)},
    'location': {'physicalLocation': ('physical', False),
                 'logicalLocations': (['logical'], False)},
    'physical': {'artifactLocation': ('artifact', True)},
    'artifact': {'uri': ('uri', False)},
    'logical': {'fullyQualifiedName': ('text', False), 'kind': ('text', False)},
}
PLAIN = {
    'text': lambda v: isinstance(v, str) and v,
    'truth': lambda v: isinstance(v, bool),
    'index': lambda v: isinstance(v, int) and v >= 0,
    'count': lambda v: isinstance(v, int) and v >= 1,
    'uri': lambda v: isinstance(v, str) and re.fullmatch(r"[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", v),
}
seen = Counter()


def check(value, kind, where):
    if isinstance(kind, list):
        assert isinstance(value, list), f'{where} is no array'
        for number, item in enumerate(value):
            check(item, kind[0], f'{where}[{number}]')
    elif isinstance(kind, set):
        assert value in kind, f'{where} is {value!r}, not one of {sorted(kind)}'
    elif kind in PLAIN:
        assert PLAIN[kind](value), f'{where} is {value!r}, no {kind}'
    else:
        seen[kind] += 1
        assert isinstance(value, dict), f'{where} is no object'
        for name, (_, required) in KINDS[kind].items():
            assert name in value or not required, f'{where} lacks {name}'
        for name, item in value.items():
            assert name in KINDS[kind], f'{where}.{name} is not of SARIF, or new here'
            check(item, KINDS[kind][name][0], f'{where}.{name}')


log = json.loads(Path(sys.argv[1]).read_text())
check(log, 'log', 'log')
for run in log['runs']:
    rules = run['tool']['driver']['rules']
    for result in run['results']:
        assert rules[result['ruleIndex']]['id'] == result['ruleId'], 'ruleIndex and ruleId differ'
print(f"SARIF 2.1.0: {seen['result']} results, {seen['notification']} notifications, "
      f"{seen['suppression']} suppressions")
