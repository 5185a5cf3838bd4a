#!/usr/bin/env python3
"""Writes frames of trackmem/small_format.h, as firmware would: a frame a line on standard input.

frames.py [ELF]
    begin 0 @trackmem_small_anchor 8 "1.0"     TYPE FIELD...; @NAME is where a symbol of ELF is,
    misuse 1 "double-free" ... @after_free     hex"00ff" are bytes
    lose 3                                     so many frames are missing; none: one
    again                                      the last frame once more
    reset                                      the next frame is the first after a reset
    noise SOME TEXT                            as it stands
    version 9                                  of the frames that follow
"""
import re
import subprocess
import sys
import zlib

TYPES = ['', 'begin', 'domain', 'task', 'region', 'site', 'end', 'misuse', 'event']


def number(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def field(word, symbols):
    if word.startswith('hex"'):
        data = bytes.fromhex(word[4:-1])
        return number(len(data)) + data
    if word.startswith('"'):
        return number(len(word) - 2) + word[1:-1].encode()
    return number(symbols[word[1:]] if word.startswith('@') else int(word, 0))


def main(elf=None):
    symbols, sequence, version = {}, 0, 1
    if elf:
        names = subprocess.run(['nm', elf], check=True, capture_output=True, text=True).stdout
        symbols = {words[2]: int(words[0], 16) for words in map(str.split, names.splitlines())
                   if len(words) == 3}
    for line in sys.stdin.read().splitlines():
        kind, _, rest = line.partition(' ')
        if kind == 'lose':
            sequence += int(rest or 1)
        elif kind == 'reset':
            sequence = 0
        elif kind == 'again':
            sys.stdout.buffer.write(frame)
        elif kind == 'noise':
            sys.stdout.buffer.write(rest.encode() + b'\n')
        elif kind == 'version':
            version = int(rest)
        elif kind:
            payload = b''.join(field(word, symbols)
                               for word in re.findall(r'(?:hex)?"[^"]*"|\S+', rest))
            number_of_it = sequence and (sequence - 1) % 255 + 1
            frame = bytes([version, TYPES.index(kind) if kind in TYPES else int(kind),
                           number_of_it, len(payload)]) + payload
            frame = b'\xf5\x74' + frame + zlib.crc32(frame).to_bytes(4, 'little')
            sequence += 1
            sys.stdout.buffer.write(frame)


main(*sys.argv[1:])
