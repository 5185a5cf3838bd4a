"""gdb commands for programs that allocate through trackmem, running or as a core:

trackmem block ADDRESS   the block of check mode that an address lies in or near, with its stacks
trackmem domains         the tree of domains, with what is reserved in each
trackmem leaks           what is alive in check mode, by call site, the largest first

gdb loads this file with libtrackmem.so where that is installed below the same prefix as gdb; else
say `source .../trackmem.py`. It needs libtrackmem's debug information, calls nothing in the
program, and takes no lock: what a running thread was just changing can look torn.
"""
import struct

import gdb

MAGIC, VERSION = b'TRKMREC', 1
STATES = {1: 'live', 2: 'being freed', 3: 'freed'}
NEAR_BYTES = 4096


def variable(name, file=None):
    """A variable of the library; NULL and complaint if it is not there."""
    symbol = gdb.lookup_global_symbol(name)
    if file:
        found = [one for one in gdb.lookup_static_symbols(name)
                 if one.symtab.filename.endswith(file)]
        symbol = found[0] if found else None
    if symbol is None:
        raise gdb.GdbError(f'trackmem: no {name} here: the program does not use trackmem, or its '
                           'debug information is missing')
    return symbol.value()




def text(pointer):
    return pointer.string(errors='replace') if int(pointer) else ''


def place(site):
    where = site['place']
    line = int(where['line'])
    name = text(where['file']) or hex(int(where['address']))
    function = text(where['function'])
    return name + (f':{line}' if line else '') + (f'  {function}()' if function else '')


def domain_path(domain):
    names = []
    while int(domain) and int(domain['parent']):
        names.append(text(domain['handle']['name']))
        domain = domain['parent']
    return '/'.join(reversed(names)) or 'process'


def pointers(array):
    """The pointers of a table up to the first NULL, in one read."""
    kind = array.type.target()
    count = array.type.range()[1] + 1
    size = kind.sizeof
    memory = gdb.selected_inferior().read_memory(int(array.address), count * size).tobytes()
    for at in range(count):
        word = memory[at * size:(at + 1) * size]
        if not any(word):
            return
        yield array[at]


def accounts():
    for chunk in pointers(variable('tmi_account_chunks')):
        for at in range(1024):
            account = chunk[at]
            if int(account['domain']):
                yield account
            elif at > 0:
                return


def account_by_number(number):
    return variable('tmi_account_chunks')[number // 1024][number % 1024]


class Records:
    """What check mode knows of all blocks: struct tmi_records of block/record.h."""

    def __init__(self):
        self.all = variable('tmi_records')
        magic = bytes(int(self.all['magic'][at]) & 255 for at in range(7))
        version = int(self.all['version'])
        if magic != MAGIC or version != VERSION:
            raise gdb.GdbError(f'trackmem: the records are of version {version}; this file reads '
                               f'{VERSION}')
        self.type = gdb.lookup_type('struct tmi_record')
        self.size = int(self.all['record_bytes'])
        if self.size != self.type.sizeof:
            raise gdb.GdbError('trackmem: the debug information is not that of this library')
        self.offsets = {field.name: (field.bitpos // 8, field.type.sizeof)
                        for field in self.type.fields()}

    def __iter__(self):
        """(shape, block, life, record's address, account), of all that are a block."""
        per_chunk = int(self.all['chunk_records'])
        count = int(self.all['count'])
        order = '<' if 'little' in gdb.execute('show endian', to_string=True) else '>'
        for first in range(0, count + 1, per_chunk):
            chunk = int(self.all['chunks'][first // per_chunk])
            if not chunk:
                continue
            number = min(per_chunk, count + 1 - first)
            memory = gdb.selected_inferior().read_memory(chunk, number * self.size).tobytes()
            for at in range(number):
                def word(name):
                    offset, size = self.offsets[name]
                    kind = {2: 'H', 4: 'I', 8: 'Q'}[size]
                    return struct.unpack_from(order + kind, memory, at * self.size + offset)[0]
                state = word('life') & 7
                if state in STATES and word('block'):
                    yield (word('shape') & ((1 << 40) - 1), word('block'), state,
                           chunk + at * self.size, word('account'))

    def at(self, address):
        return gdb.Value(address).cast(self.type.pointer()).dereference()


def print_stack(label, number):
    """A stack of src/stack: struct tmi_stack at its place in the chunks."""
    if not number:
        return
    print(f'  {label}')
    stacks = variable('stacks', 'stack/intern.c')
    start = number * 8
    chunk = int(stacks['chunks'][start // 262144])
    if not chunk:
        return
    kind = gdb.lookup_type('struct tmi_stack')
    stack = gdb.Value(chunk + start % 262144).cast(kind.pointer()).dereference()
    for at in range(int(stack['count'])):
        pc = int(stack['frames'][at]) - 1
        block = gdb.block_for_pc(pc)
        while block and not block.function:
            block = block.superblock
        line = gdb.find_pc_line(pc)
        name = block.function.print_name + '()' if block else \
            gdb.execute(f'info symbol {pc}', to_string=True).strip()
        where = f'  {line.symtab.filename}:{line.line}' if line.symtab else ''
        print(f'    #{at} {pc + 1:#x} {name}{where}')


class Trackmem(gdb.Command):
    """What trackmem knows of the program: block, domains, leaks."""

    def __init__(self):
        super().__init__('trackmem', gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


class Block(gdb.Command):
    """The block of check mode that an address lies in or near: trackmem block ADDRESS"""

    def __init__(self):
        super().__init__('trackmem block', gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError('trackmem block: of which address?')
        wanted = int(gdb.parse_and_eval(argument).cast(gdb.lookup_type('unsigned long')))
        records = Records()

        def distance(found):
            size, block = found[0], found[1]
            if block <= wanted < block + max(size, 1):
                return 0
            return block - wanted if wanted < block else wanted - (block + size) + 1
        nearest = min(records, key=distance, default=None)
        if nearest is None or distance(nearest) > NEAR_BYTES:
            print(f'{wanted:#x} is in no block of check mode, nor near one')
            return
        size, block, state, address, number = nearest
        record = records.at(address)
        account = account_by_number(number)
        if wanted < block:
            where = f'{block - wanted} bytes before'
        elif wanted >= block + max(size, 1):
            where = f'{wanted - block - size} bytes past the end of'
        else:
            where = f'{wanted - block} bytes into'
        print(f'{wanted:#x} is {where} a block of {size} bytes at {block:#x}, {STATES[state]}')
        print(f"  domain       {domain_path(account['domain'])}")
        print(f"  allocated    {place(account['site'])}")
        print_stack('allocated at', int(record['allocated_stack']))
        print_stack('freed at', int(record['freed_stack']))


class Domains(gdb.Command):
    """The tree of domains, with the bytes reserved in each: trackmem domains"""

    def __init__(self):
        super().__init__('trackmem domains', gdb.COMMAND_DATA, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        found = {}
        for account in accounts():
            domain = account['domain']
            while int(domain) and int(domain) not in found:
                found[int(domain)] = domain.dereference()
                domain = domain['parent']
        rows = sorted((domain_path(domain.address), domain) for domain in found.values())
        print(f"{'bytes':>14}  domain (with its descendants, and what threads hold in advance)")
        for path, domain in sorted(rows, key=lambda row: (row[0] != 'process', row[0])):
            print(f"{int(domain['reserved_bytes']):>14,}  {path}")


class Leaks(gdb.Command):
    """What is alive in check mode, by call site and domain, the largest first: trackmem leaks"""

    def __init__(self):
        super().__init__('trackmem leaks', gdb.COMMAND_DATA, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        sums = {}
        for size, _, state, _, account in Records():
            if STATES[state] == 'live':
                blocks, total = sums.get(account, (0, 0))
                sums[account] = blocks + 1, total + size
        print(f"{'bytes':>14} {'blocks':>9}  domain, call site")
        for number, (blocks, total) in sorted(sums.items(), key=lambda one: -one[1][1]):
            account = account_by_number(number)
            print(f"{total:>14,} {blocks:>9,}  {domain_path(account['domain'])}, "
                  f"{place(account['site'])}")


Trackmem()
Block()
Domains()
Leaks()
