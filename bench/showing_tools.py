"""What bench/compare measured, as text of 100 columns and as Markdown."""
from showing import MIB, number, spread, time_text

BEGIN = '<!-- bench/compare --markdown writes from here -->'
COLUMNS = 4  # of tools beside each other in text


def row_title(row):
    return f"{row['program']}, {row['threads']} thread{'s' * (row['threads'] > 1)}"


def plain_text(cells, key):
    value = cells['plain'][key]['median']
    return time_text(value) if key == 'time' else f'{value / MIB:.1f} MiB'


def ratio_text(cell, key):
    if not cell:
        return '-'
    ratio = cell[f'{key}_ratio']
    shown = number(ratio['median'])
    return shown if key == 'peak' or ratio['rounds'] == 1 else f'{shown} ±{spread(ratio)}'


def mean_text(means, name, key):
    return number(means[name][f'{key}_ratio']) if name in means else '-'


def lines_of(table, key):
    """Titles and cells of the rows of a table, and of the geometric means below."""
    of_plain = {'time': 'time', 'peak': 'peak_bytes'}[key]
    lines = [[row_title(row), plain_text(row['tools'], of_plain),
              *(ratio_text(row['tools'].get(name), key) for name in table['columns'])]
             for row in table['rows']]
    means = [(f"mean, {count} thread{'s' * (count > 1)}", by_threads)
             for count, by_threads in table['means_by_threads'].items()]
    return lines, [[title, '1.00', *(mean_text(each, name, key) for name in table['columns'])]
                   for title, each in [*means, ('geometric mean', table['means'])]]


def target_text(target):
    return (f"{target['what']} {number(target['value'])} (at most {number(target['asked'])} is "
            f"asked)")


def tables(result):
    """The tables that have something in them: heading, table, what of it is shown."""
    found = [('Time, ratio to plain', result['full'], 'time'),
             ('Largest resident set, ratio to plain', result['full'], 'peak'),
             ('A page a block, small inputs: time, ratio to plain', result['small'], 'time'),
             ('The same: largest resident set, ratio to plain', result['small'], 'peak')]
    return [entry for entry in found if entry[1]['rows']]


def machine_text(result):
    machine = result['machine']
    return (f"{machine['cpu']}, {machine['cpus']} virtual cores; {machine['system']}, "
            f"{machine['libc']}, {machine['compiler']}; {result['rounds']} "
            f"round{'s' * (result['rounds'] > 1)}, load {result['load']:.1f} at the start.")


def text(result):
    lines = [machine_text(result)]
    for heading, table, key in tables(result):
        titles = [result['titles'][name] for name in table['columns']]
        rows = sum(lines_of(table, key), [])
        for first in range(0, len(titles), COLUMNS):
            part = slice(2 + first, 2 + first + COLUMNS)
            lines += ['', f"{heading}{', continued' if first else ''}"]
            lines.append(f"{'':20}{'plain':>9}" + ''.join(
                f'{title:>15}' for title in titles[first:first + COLUMNS]))
            lines += [f'{row[0]:20}{row[1]:>9}' + ''.join(f'{cell:>15}' for cell in row[part])
                      for row in rows]
    lines.append('')
    lines += [('! ' if t['missed'] else '  ') + target_text(t) for t in result['targets']]
    lines += [f'  {line}' for line in result['skipped'] + result['failed']]
    return '\n'.join(lines)


def markdown(result):
    lines = [machine_text(result)]
    for heading, table, key in tables(result):
        titles = [result['titles'][name] for name in table['columns']]
        lines += ['', f'{heading}:', '', f"| program | plain | {' | '.join(titles)} |",
                  '|---|---:|' + '---:|' * len(titles)]
        rows, means = lines_of(table, key)
        lines += [f"| {' | '.join(row)} |" for row in rows]
        lines += [f"| {' | '.join(f'**{cell}**' for cell in row)} |" for row in means]
    lines += ['', 'Geometric means, and what is asked:', '']
    lines += [f"- {'**!** ' * t['missed']}{target_text(t)}" for t in result['targets']]
    lines += [f'- {line}' for line in result['skipped'] + result['failed']]
    return '\n'.join(lines)
