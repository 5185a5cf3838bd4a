"""Reads the frames of trackmem/small_format.h: what a stream says, and whether it is whole."""
import subprocess
import zlib

MARKS = b'\xf5\x74'
VERSION = 1
BEGIN, DOMAIN, TASK, REGION, SITE, END, MISUSE, EVENT = range(1, 9)
EVENTS = {1: 'soft limit crossed', 2: 'refused by a budget', 3: 'refused by the backend',
          4: 'refused on purpose', 5: 'left behind'}
FIELDS = {  # n: number, t: text
    BEGIN: 'n:misuses n:anchor n:header t:version',
    DOMAIN: 'n:id n:parent t:name n:blocks n:bytes n:blocks_ever n:charged n:peak n:soft n:hard '
            'n:refused n:failures',
    TASK: 't:name n:domain n:now',
    REGION: 'n:address n:size n:used n:used_blocks n:high_water n:free_blocks n:largest n:damages',
    SITE: 'n:place n:domain n:blocks n:bytes',
    END: 'n:frames n:walked',
    MISUSE: 'n:kind t:id t:verb n:pointer n:block n:size n:offset t:family t:verb_family t:domain '
            'n:here n:allocated n:freed',
    EVENT: 'n:event t:domain n:bytes n:here',
}


class Stream:
    """All frames of a stream; lost: how many are missing; broken: marks without a frame."""
    def __init__(self, data):
        self.frames, self.lost, self.broken = [], 0, 0
        at, last = 0, None
        while (at := data.find(MARKS, at)) >= 0:
            head = data[at + 2:at + 6]
            end = at + 6 + (head[3] if len(head) == 4 else 0)
            if len(head) < 4 or zlib.crc32(data[at + 2:end]).to_bytes(4, 'little') != \
                    data[end:end + 4]:
                self.broken += 1
                at += 1
                continue
            version, kind, sequence, _ = head
            if version > VERSION:
                raise ValueError(f'frames of version {version}; this reads up to {VERSION}')
            if last is not None:
                self.lost += (sequence - last - 1) % 256
            last = sequence
            self.frames.append((kind, fields(kind, data[at + 6:end])))
            at = end + 4

    def of(self, kind):
        return [frame for number, frame in self.frames if number == kind]

    def is_whole(self):
        """Whether the last report has its end, and as many frames as that says."""
        kinds = [kind for kind, _ in self.frames]
        if BEGIN not in kinds or END not in kinds:
            return False
        begin = len(kinds) - 1 - kinds[::-1].index(BEGIN)
        if END not in kinds[begin:]:
            return False
        end = kinds.index(END, begin)
        inside = [kind for kind in kinds[begin:end + 1] if kind < MISUSE]
        return len(inside) == self.frames[end][1]['frames']


def fields(kind, payload):
    values, at = {}, 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = payload[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    for field in FIELDS.get(kind, '').split():
        kind_of_field, name = field.split(':')
        value = number()
        if kind_of_field == 't':
            text, at = payload[at:at + value], at + value
            value = text.decode(errors='replace')
        values[name] = value
    return values


class Symbols:
    """Names addresses of a running program by its ELF file."""
    def __init__(self, elf, tools, anchor):
        self.elf, self.tools = elf, tools
        names = subprocess.run([tools + 'nm', elf], check=True, capture_output=True, text=True)
        for line in names.stdout.splitlines():
            if line.endswith(' trackmem_small_anchor'):
                self.slide = anchor - int(line.split()[0], 16)

    def place(self, address):
        """(function, file, line) of the call before a return address; a site's lacks a bit."""
        call = (address & ~1) - 1 - self.slide
        output = subprocess.run([self.tools + 'addr2line', '-f', '-e', self.elf, hex(call)],
                                check=True, capture_output=True, text=True).stdout.split('\n')
        path, _, line = output[1].partition(' ')[0].rpartition(':')
        return output[0], path.split('/')[-1], int(line) if line.isdigit() else 0
