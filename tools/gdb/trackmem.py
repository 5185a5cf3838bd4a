"""gdb commands for programs that allocate through trackmem, running or as a core:

trackmem block ADDRESS   the block that an address lies in or near, with its stacks
trackmem domains         the tree of domains, with what is reserved in each
trackmem leaks           what is alive, by call site, the largest first

block and leaks know the blocks of check mode, and those that stand against guard pages.

gdb loads this file with libtrackmem.so where that is installed below the same prefix as gdb; else
say `source .../trackmem.py`. It needs libtrackmem's debug information, calls nothing in the
program, and takes no lock: what a running thread was just changing can look torn.
"""
import struct

import gdb

STATES = {1: 'live', 2: 'being freed', 3: 'freed', 4: 'half freed as a fork came'}
NEAR_BYTES = 4096
OWN = 1 << 31  # of a stack's number: TMI_STACK_OWN


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


class Table:
    """A table of the library's: structs of one type, of which a few members are read at once."""

    def __init__(self, variable_name, magic, version, kind):
        self.head = variable(variable_name)
        found = bytes(int(self.head['magic'][at]) & 255 for at in range(7))
        if found != magic or int(self.head['version']) != version:
            raise gdb.GdbError(f"trackmem: {variable_name} is of version {self.head['version']}; "
                               f'this file reads {version}')
        self.type = gdb.lookup_type(kind)
        self.size = self.type.sizeof
        self.offsets = {field.name: (field.bitpos // 8, field.type.sizeof)
                        for field in self.type.fields()}
        self.order = '<' if 'little' in gdb.execute('show endian', to_string=True) else '>'

    def rows(self, address, count, stride=0):
        """For each of `count` structs there, a function that reads a member."""
        stride = stride or self.size
        memory = gdb.selected_inferior().read_memory(address, count * stride).tobytes()

        def reader(at):
            def word(name):
                offset, size = self.offsets[name]
                kind = {2: 'H', 4: 'I', 8: 'Q'}[size]
                return struct.unpack_from(self.order + kind, memory, at * stride + offset)[0]
            return word
        return [reader(at) for at in range(count)]


def records():
    """struct tmi_records of block/record.h."""
    table = Table('tmi_records', b'TRKMREC', 2, 'struct tmi_record')
    if int(table.head['record_bytes']) != table.size:
        raise gdb.GdbError('trackmem: the debug information is not that of this library')
    return table


def blocks_of_records(rows):
    for word in rows:
        if word('life') & 7 in STATES and word('block'):
            yield {'size': word('shape') & ((1 << 40) - 1), 'block': word('block'),
                   'state': word('life') & 7, 'account': word('account'),
                   'allocated_stack': word('allocated_stack'),
                   'freed_stack': word('freed_stack')}


def large_blocks():
    """What stands in records."""
    table = records()
    per_chunk = int(table.head['chunk_records'])
    count = int(table.head['count']) + 1
    for first in range(0, count, per_chunk):
        chunk = int(table.head['chunks'][first // per_chunk])
        if chunk:
            yield from blocks_of_records(table.rows(chunk, min(per_chunk, count - first)))


def guarded_blocks():
    """What stands against guard pages: the chunks of slots of block/guard_slots.c."""
    slots = variable('slots', 'block/guard_slots.c')
    first = int(variable('tmi_guard_range')['start'])
    stride = gdb.lookup_type('struct tmi_guarded').sizeof  # a record comes first
    chunk_bytes = int(slots['chunk_bytes'])
    for at in range((int(slots['next_chunk']) - first) // chunk_bytes if chunk_bytes else 0):
        chunk = slots['chunks'][at]
        if int(chunk['first']) == at and int(chunk['records']):
            slot_bytes = int(slots['page']) << int(chunk['class'])
            count = max(chunk_bytes // slot_bytes, 1)
            yield from blocks_of_records(records().rows(int(chunk['records']), count, stride))


def small_blocks():
    """What stands in slots: struct tmi_slabs of block/slabs.h."""
    table = Table('tmi_slabs', b'TRKMSLB', 2, 'struct tmi_slot')
    head = table.head
    for number in range(int(head['count'])):
        slab = head['slabs'][number]
        first = slab['slots'] - head['slots']
        for at, word in enumerate(table.rows(int(slab['slots']), int(slab['count']))):
            if word('life') & 7 not in STATES:
                continue
            found = {'size': word('kind') & 0xffff, 'state': word('life') & 7,
                     'block': int(slab['blocks']) + at * int(slab['pitch']),
                     'account': word('account'), 'allocated_stack': 0, 'freed_stack': 0}
            if head['has_stacks']:
                stacks = head['stacks'][first + at]
                found['allocated_stack'] = int(stacks['allocated'])
                found['freed_stack'] = int(stacks['freed'])
            yield found


def blocks():
    """What is known of all of them."""
    yield from large_blocks()
    yield from small_blocks()
    yield from guarded_blocks()


def remark():
    """Says it in a line where blocks are known not at all, or only samples."""
    if variable('tmi_checking'):
        return
    if not int(variable('tmi_guard_range')['bytes']):
        print('check mode is off: blocks are not known one by one; run it with TRACKMEM=check')
    elif variable('slots', 'block/guard_slots.c')['sampled']:
        print('check mode is off: only the blocks that guard=sample: took are known')


def stack_part(store, kind, per_chunk, number):
    """What has a number in a store of src/stack/intern.c."""
    chunk = variable('stacks', 'stack/intern.c')[store]['chunks'][number // per_chunk]
    return chunk.cast(gdb.lookup_type(kind).pointer())[number % per_chunk]


def addresses_of(number):
    """The numbers of a stack's addresses, the innermost first."""
    if number & OWN:  # kept beside a slot: src/block/slot_stacks.h
        head = variable('tmi_slabs')
        room = int(head['own_room'])
        first = head['own'][number & 1] + ((number & ~OWN) >> 1) * room
        for at in range(room):
            if not int(first[at]):
                return
            yield int(first[at])
    while number and not number & OWN:  # a node of a tree, which leads to its caller's
        node = stack_part('nodes', 'struct tmi_stack_node', 8192, number)
        yield int(node['address'])
        number = int(node['caller'])


def print_stack(label, number):
    """A stack of src/stack, or a slot's own."""
    if not number:
        return
    print(f'  {label}')
    for at, address in enumerate(addresses_of(number)):
        address = stack_part('addresses', 'struct tmi_stack_address', 1024, address)
        pc = int(address['pc']) - 1
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
    """The block that an address lies in or near: trackmem block ADDRESS"""

    def __init__(self):
        super().__init__('trackmem block', gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError('trackmem block: of which address?')
        wanted = int(gdb.parse_and_eval(argument).cast(gdb.lookup_type('unsigned long')))

        def distance(found):
            size, block = found['size'], found['block']
            if block <= wanted < block + max(size, 1):
                return 0
            return block - wanted if wanted < block else wanted - (block + size) + 1
        nearest = min(blocks(), key=distance, default=None)
        if nearest is None or distance(nearest) > NEAR_BYTES:
            print(f'{wanted:#x} is in no block that is known, nor near one')
            remark()
            return
        size, block = nearest['size'], nearest['block']
        account = account_by_number(nearest['account'])
        if wanted < block:
            where = f'{block - wanted} bytes before'
        elif wanted >= block + max(size, 1):
            where = f'{wanted - block - size} bytes past the end of'
        else:
            where = f'{wanted - block} bytes into'
        state = STATES[nearest['state']]
        print(f'{wanted:#x} is {where} a block of {size} bytes at {block:#x}, {state}')
        print(f"  domain       {domain_path(account['domain'])}")
        print(f"  allocated    {place(account['site'])}")
        print_stack('allocated at', nearest['allocated_stack'])
        print_stack('freed at', nearest['freed_stack'])


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
    """What is alive, by call site and domain, the largest first: trackmem leaks"""

    def __init__(self):
        super().__init__('trackmem leaks', gdb.COMMAND_DATA, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        sums = {}
        for block in blocks():
            if STATES[block['state']] == 'live':
                count, total = sums.get(block['account'], (0, 0))
                sums[block['account']] = count + 1, total + block['size']
        print(f"{'bytes':>14} {'blocks':>9}  domain, call site")
        for number, (count, total) in sorted(sums.items(), key=lambda one: -one[1][1]):
            account = account_by_number(number)
            print(f"{total:>14,} {count:>9,}  {domain_path(account['domain'])}, "
                  f"{place(account['site'])}")
        remark()


Trackmem()
Block()
Domains()
Leaks()
