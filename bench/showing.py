"""The figures as a table of 100 columns, and as Markdown."""
from measuring import ASKED, OWN_BYTES_TARGET, Stop

END = '<!-- to here -->'
MIB = 1 << 20


def number(value):
    """Three digits that matter."""
    return f'{value:.2f}' if value < 9.995 else f'{value:.1f}' if value < 99.95 else f'{value:.0f}'


def spread(ratio):
    half = (ratio['high_quartile'] - ratio['low_quartile']) / 2
    return f'{half:.2f}'.lstrip('0') if half < 0.995 else number(half)[:3].rstrip('.')


def cell_text(cell, key='ns_ratio'):
    if not cell or key not in cell:
        return '-'
    mark = '!' * cell.get('missed', False)
    if cell[key]['rounds'] == 1:
        return number(cell[key]['median']) + mark
    return f"{number(cell[key]['median'])} ±{spread(cell[key])}{mark}"


def time_text(ns):
    if ns < 9995:
        return f'{ns:.1f} ns' if ns < 99.95 else f'{ns:.0f} ns'
    return f'{ns / 1e3:.1f} µs' if ns < 999.5e3 else f'{ns / 1e6:.0f} ms'


def missed_text(result):
    lines = []
    for workload, variant, value, asked in result['missed']:
        title = result['titles'].get(variant, variant)
        if workload == 'sites':
            value, asked = f'{value / MIB:.1f} MiB', f'{asked / MIB:.0f} MiB'
        else:
            value, asked = number(value), number(asked)
        lines.append(f'! {workload}, {title}: {value}, at most {asked} is asked')
    return lines


def split(result):
    """The rows with a target, those beyond it, the whole program, the counters."""
    rows = {row['workload']: row for row in result['rows']}
    program, counters = rows.pop('program', None), rows.get('sites')
    rows.pop('sites', None)
    asked = [row for name, row in rows.items() if name in ASKED]
    beyond = [row for name, row in rows.items() if name not in ASKED]
    return asked, beyond, program, counters


def large(rows):
    """Rows whose resident set says something: above 8 MiB."""
    return [row for row in rows
            if row['variants']['plain']['peak_bytes']['median'] > 8 * MIB]


def program_text(program):
    titles = {'plain': 'plain', 'trackmem': 'trackmem', 'mimalloc': 'plain mimalloc',
              'on-mimalloc': 'trackmem on mimalloc'}
    lines = [f"whole program ({program['about']})"]
    for variant, title in titles.items():
        cell = program['variants'].get(variant)
        if cell:
            ratios = '' if variant == 'plain' else (
                f", {cell_text(cell)} of plain (by the wall clock "
                f"{number(cell['wall_ns_ratio']['median'])} ±{spread(cell['wall_ns_ratio'])})")
            lines.append(f"  {title:20}  {time_text(cell['ns']['median'])} on the CPU{ratios}, "
                         f"resident {cell['peak_bytes']['median'] / MIB:.1f} MiB")
    return lines


def counters_text(counters, titles):
    cells = [(titles[v], counters['variants'][v]) for v in ('static', 'driver', 'client')
             if v in counters['variants']]
    if not cells:
        return []
    return [f"4,000 call sites in 64 threads (at most {OWN_BYTES_TARGET >> 20} MiB)",
            "  trackmem's own memory " + ', '.join(
                f"{title} {cell['own_bytes']['median'] / MIB:.2f} MiB" for title, cell in cells),
            '  resident more than plain, kept spans included ' + ', '.join(
                f"{title} {cell['more_bytes'] / MIB:.2f} MiB" for title, cell in cells)]


def text(result):
    machine = result['machine']
    asked, beyond, program, counters = split(result)
    titles = result['titles']
    lines = [f"{machine['cpu']}, {machine['cpus']} CPUs; {machine['system']}, {machine['libc']}, "
             f"{machine['compiler']}; {result['rounds']} rounds in {result['seconds']:.0f} s",
             f"Time per operation: ratio to {result['against']} in the same round, median ± half "
             'the distance', 'between the quartiles; ! misses its target.', '']
    if result['load'] > machine['cpus'] / 2:
        lines.insert(1, f"The machine was busy at the start (load {result['load']:.1f}): expect "
                        'wide spreads.')
    heading = f"{'workload':16}{result['against'][:8]:>9}" + ''.join(
        f' {t:>11}' for t in titles.values())
    lines += [heading] * bool(asked or beyond)
    for row in asked + ['-'] * bool(asked and beyond) + beyond:
        if row == '-':
            lines.append('')
            continue
        cells = row['variants']
        lines.append(f"{row['workload']:16}{time_text(cells['plain']['ns']['median']):>9}"
                     + ''.join(f'{cell_text(cells.get(v)):>12}' for v in titles))
    if large(asked + beyond):
        lines += ['', f"{'resident, MiB':16}{result['against'][:8]:>9}"
                  + ''.join(f' {t:>11}' for t in titles.values())]
        for row in large(asked + beyond):
            values = [row['variants'].get(v) for v in ('plain', *titles)]
            lines.append(f"{row['workload']:16}" + ''.join(
                f"{c['peak_bytes']['median'] / MIB:{w}.1f}" if c else f"{'-':>{w}}"
                for c, w in zip(values, [9] + [12] * len(titles))))
    if counters and counters_text(counters, titles):
        lines += ['', *counters_text(counters, titles)]
    if program:
        lines += ['', *program_text(program)]
    lines += ['', *(missed_text(result) or ['No target is missed.'])]
    return '\n'.join(lines).replace('\n\n\n', '\n\n')


def begin(table):
    chosen = '' if table == 'figures' else f'--table {table} '
    return f'<!-- bench/run {chosen}--markdown writes from here -->'


def markdown_table(rows, against, titles):
    lines = [f'| workload | {against} | ' + ' | '.join(titles.values()) + ' |',
             '|---|---:|' + '---:|' * len(titles)]
    for row in rows:
        cells = row['variants']
        shown = []
        for variant in titles:
            cell = cells.get(variant)
            asked = f" (≤ {cell['asked']})" if cell and 'asked' in cell else ''
            shown.append(cell_text(cell).replace('!', ' **!**') + asked)
        lines.append(f"| {row['workload']} | {time_text(cells['plain']['ns']['median'])} | "
                     + ' | '.join(shown) + ' |')
    return lines


def markdown(result):
    machine = result['machine']
    asked, beyond, program, counters = split(result)
    titles = result['titles']
    lines = [f"{machine['cpu']}, {machine['cpus']} virtual cores; {machine['system']}, "
             f"{machine['libc']}, {machine['compiler']}; {result['rounds']} rounds.", '']
    lines += markdown_table(asked + beyond, result['against'], titles)
    if large(asked + beyond):
        lines += ['', 'Largest resident set, MiB:', '',
                  f"| workload | {result['against']} | " + ' | '.join(titles.values()) + ' |',
                  '|---|---:|' + '---:|' * len(titles)]
        for row in large(asked + beyond):
            values = [row['variants'].get(v) for v in ('plain', *titles)]
            lines.append(f"| {row['workload']} | " + ' | '.join(
                f"{c['peak_bytes']['median'] / MIB:.1f}" if c else '-' for c in values) + ' |')
    for part in (counters and counters_text(counters, titles),
                 program and program_text(program)):
        if part:
            lines += ['', part[0][0].upper() + part[0][1:] + ':', '']
            lines += ['- ' + line.strip().replace('  ', ' ') for line in part[1:]]
    missed = missed_text(result)
    lines += ['', *(f'- **!** {line[2:]}' for line in missed)] if missed else \
        ['', 'No target is missed.']
    return '\n'.join(lines)


def write_markdown(shown, path, begin):
    """Puts what is shown between a mark in the page and the next END."""
    try:
        page = path.read_text()
    except OSError as error:
        raise Stop(f'{path}: {error.strerror}') from error
    head, found, rest = page.partition(f'{begin}\n')
    _, ended, tail = rest.partition(END)
    if not found or not ended or begin in tail:
        raise Stop(f"{path} lacks the lines '{begin}' and '{END}', or has them twice")
    path.write_text(f'{head}{begin}\n\n{shown}\n\n{END}{tail}')
