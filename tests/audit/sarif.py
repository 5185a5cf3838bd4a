#!/usr/bin/env python3
"""Holds a file to SARIF 2.1.0: to its JSON schema, and to what that cannot say.   sarif.py FILE

sarif-2.1.0.json is the schema as OASIS's committee published it (2.1.0-rtm.5), taken from the npm
package @microsoft/jest-sarif 1.0.0-beta.0 (Copyright Microsoft, MIT licence).
"""
import json
import re
import sys
from pathlib import Path

import jsonschema

SCHEMA = json.loads((Path(__file__).parent / 'sarif-2.1.0.json').read_text())
URI = re.compile(r"[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", re.A)


def uris(value):
    """Everything below value that the schema calls a URI reference: jsonschema knows no such."""
    if isinstance(value, dict):
        yield from (item for name, item in value.items() if name in ('uri', '$schema'))
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, (dict, list)):
            yield from uris(item)


log = json.loads(Path(sys.argv[1]).read_text())
wrong = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
         for error in jsonschema.Draft4Validator(SCHEMA).iter_errors(log)]
wrong += [f'{uri!r} is no URI' for uri in uris(log) if not URI.fullmatch(uri)]
results = [(result, run['tool']['driver']['rules']) for run in log['runs']
           for result in run['results']]
wrong += [f"{result['ruleId']}: not what its ruleIndex names" for result, rules in results
          if rules[result['ruleIndex']]['id'] != result['ruleId']]
if wrong:
    sys.exit('\n'.join(wrong))
told = [note for run in log['runs'] for invocation in run.get('invocations', [])
        for note in invocation.get('toolExecutionNotifications', [])]
suppressed = [one for result, _ in results for one in result.get('suppressions', [])]
print(f'SARIF 2.1.0: {len(results)} results, {len(told)} notifications, '
      f'{len(suppressed)} suppressions')
