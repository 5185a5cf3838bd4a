What firmware sends, with anything between its frames, comes out in the words of any other report.

$ cat >one <<'END'
> noise boot
> misuse 1 "double-free" "trackmem_free" 0x20001000 0x20001000 40 0 "trackmem" "trackmem" "net/queue" 0x401 0x501 0x601
> noise [12] a line of the console
> event 1 "net" 100 0x701 0
> event 2 "net" 100 0x702 0
> event 3 "" 4000 0x703 0
> event 4 "" 7 0x704 0
> begin 1 0x300 8 "1.0"
> domain 0 0 "process" 1 10 4 74 300 0 0 0 1
> domain 1 0 "net" 0 0 2 56 200 100 400 1 1
> domain 2 1 "queue" 2 40 3 56 100 0 0 0 0
> task "rx" 1 2
> region 0x20000800 4096 96 3 512 2 3000 0
> site 0x500 2 2 40
> site 0x800 0 1 10
> end 9 1
> END
$ python3 $TESTS/frames.py <one >one.bin; trackmem report one.bin
trackmem: double free: trackmem_free gets a block that was freed before
  block        0x20001000, 40 bytes, domain net/queue
  allocated    0x501
  freed first  0x601
  freed again  0x401
  mend         one of the two frees must go; a pointer set to NULL after its free may be freed again
  now          the memory is left alone, and the program goes on
\
trackmem: soft limit: a request of 100 bytes crosses that of domain net
  called       0x701
\
trackmem: hard limit: a request of 100 bytes is refused by that of domain net
  called       0x702
\
trackmem: no memory: a request of 4,000 bytes is refused by the backend, for domain process
  called       0x703
\
trackmem: fault injection: a request of 7 bytes is refused on purpose, for domain process
  called       0x704
\
trackmem: memory of firmware, as it was sent
\
  Domain                    Live     Blocks        Peak  Share of live
  process                   50 B          3       300 B
  `- net                    40 B          2       200 B  ##########     80%
     `- queue               40 B          2       100 B  ##########     80%
\
  Budget                              Charged       Soft       Hard   Refused  Charged of limit
  net                                    56 B      100 B      400 B         1  ##             14%
\
  Task                          Live  High water  Domain
  rx                            40 B       200 B  net, now net/queue
\
  Region                        Used  High water       Size  Largest free    Fragmented
  0x20000800                    96 B       512 B    4.0 KiB       2.9 KiB           25%
\
       Live  Blocks                      Call site  Function  Domain
       40 B       2                      0x500                net/queue
       10 B       1                      0x800                process
\
  Overhead              24 B   headers and alignment of the live blocks, 48% of their bytes
  Misuse                   1   reported when it happened
[1]

$ cat one.bin | trackmem report --json -
{"type":"misuse","kind":"double-free","title":"double free: trackmem_free gets a block that was freed before","verb":"trackmem_free","verb_family":"trackmem","pointer":"0x20001000","block":{"address":"0x20001000","size_bytes":40,"family":"trackmem","offset_bytes":0},"domain":"net/queue","here":{"address":"0x401"},"allocated":{"address":"0x501"},"freed":{"address":"0x601"},"mend":"one of the two frees must go; a pointer set to NULL after its free may be freed again","outcome":"the memory is left alone, and the program goes on","program":"firmware"}
{"type":"event","kind":"soft-limit","title":"soft limit: a request of 100 bytes crosses that of domain net","domain":"net","bytes":100,"here":{"address":"0x701"},"program":"firmware"}
{"type":"event","kind":"refused-by-budget","title":"hard limit: a request of 100 bytes is refused by that of domain net","domain":"net","bytes":100,"here":{"address":"0x702"},"program":"firmware"}
{"type":"event","kind":"refused-by-backend","title":"no memory: a request of 4,000 bytes is refused by the backend, for domain process","domain":"","bytes":4000,"here":{"address":"0x703"},"program":"firmware"}
{"type":"event","kind":"refused-on-purpose","title":"fault injection: a request of 7 bytes is refused on purpose, for domain process","domain":"","bytes":7,"here":{"address":"0x704"},"program":"firmware"}
{"type":"accounting","version":1,"program":"firmware","when":"as it was sent","domains":[{"path":"","name":"process","parent":null,"destroyed":false,"alone":{"live_bytes":10,"live_blocks":1,"total_blocks":4,"peak_bytes":300,"peak_slack_bytes":0,"overhead_bytes":8,"failures":1,"injected":0,"refused":0,"charged_bytes":74,"soft_bytes":0,"hard_bytes":0},"with_descendants":{"live_bytes":50,"live_blocks":3,"total_blocks":9,"peak_bytes":300,"peak_slack_bytes":0,"overhead_bytes":24,"failures":2,"injected":0,"refused":0,"charged_bytes":74,"soft_bytes":0,"hard_bytes":0}},{"path":"net","name":"net","parent":"","destroyed":false,"alone":{"live_bytes":0,"live_blocks":0,"total_blocks":2,"peak_bytes":200,"peak_slack_bytes":0,"overhead_bytes":0,"failures":1,"injected":0,"refused":1,"charged_bytes":56,"soft_bytes":100,"hard_bytes":400},"with_descendants":{"live_bytes":40,"live_blocks":2,"total_blocks":5,"peak_bytes":200,"peak_slack_bytes":0,"overhead_bytes":16,"failures":1,"injected":0,"refused":1,"charged_bytes":56,"soft_bytes":100,"hard_bytes":400}},{"path":"net/queue","name":"queue","parent":"net","destroyed":false,"alone":{"live_bytes":40,"live_blocks":2,"total_blocks":3,"peak_bytes":100,"peak_slack_bytes":0,"overhead_bytes":16,"failures":0,"injected":0,"refused":0,"charged_bytes":56,"soft_bytes":0,"hard_bytes":0},"with_descendants":{"live_bytes":40,"live_blocks":2,"total_blocks":3,"peak_bytes":100,"peak_slack_bytes":0,"overhead_bytes":16,"failures":0,"injected":0,"refused":0,"charged_bytes":56,"soft_bytes":0,"hard_bytes":0}}],"sites":[{"place":{"address":"0x500"},"domain":"net/queue","live_bytes":40,"live_blocks":2},{"place":{"address":"0x800"},"domain":"","live_bytes":10,"live_blocks":1}],"tasks":[{"name":"rx","domain":"net","now":"net/queue"}],"regions":[{"start":"0x20000800","size_bytes":4096,"used_bytes":96,"used_blocks":3,"high_water_bytes":512,"free_bytes":4000,"free_blocks":2,"largest_free_bytes":3000,"fragmentation_permille":250,"damages":0}],"trackmem":{"misuse_count":1}}
[1]

$ trackmem report --top 1 one.bin | grep -A3 'Call site'
       Live  Blocks                      Call site  Function  Domain
       40 B       2                      0x500                net/queue
                                         and 1 site with fewer live bytes (top=N lists more)
\

Each kind of misuse of the small profile; and a leak window, with its call sites.

$ cat >kinds <<'END'
> misuse 0 "mismatched-family" "trackmem_free" 4096 4096 8 0 "ralloc" "trackmem" "" 1 2 0
> misuse 2 "foreign-pointer" "trackmem_free" 4096 0 0 0 "" "trackmem" "" 1 0 0
> misuse 3 "interior-pointer" "trackmem_free" 4104 4096 40 16 "trackmem" "trackmem" "" 1 2 0
> misuse 4 "misaligned-pointer" "trackmem_free" 4097 0 0 0 "" "trackmem" "" 1 0 0
> misuse 6 "wrong-size" "trackmem_free_sized" 4096 4096 40 0 "trackmem" "trackmem" "" 1 2 0 30 ""
> misuse 7 "damaged-header" "trackmem_free" 4096 4096 0 0 "" "trackmem" "" 1 0 0
> misuse 8 "domain-leak" "trackmem_domain_destroy" 0 0 100 0 "" "" "net" 1 0 0 3
> misuse 9 "destroyed-domain" "trackmem_malloc" 0 0 0 0 "" "" "net" 1 0 0
> misuse 10 "overrun" "trackmem_free" 4107 4096 10 22 "trackmem" "trackmem" "" 1 2 0 2 hex"4100"
> event 6 "net" 30 0x500 2
> event 6 "" 13 0x600 1
> event 5 "" 43 0x700 3
> END
$ python3 $TESTS/frames.py <kinds | trackmem report -
trackmem: mismatched free: a ralloc block reaches trackmem_free
  block        0x1000, 8 bytes, family ralloc, domain process
  allocated    0x2
  freed        0x1
  mend         it is freed with its own family's verb
  now          the memory is left alone, and the program goes on
\
trackmem: foreign pointer: trackmem_free gets memory that trackmem did not allocate
  pointer      0x1000, outside the regions of trackmem
  freed        0x1
  mend         free it by the means of whoever made it; a block of the C library can join by
               trackmem_adopt
  now          the memory is left alone, and the program goes on
\
trackmem: interior pointer: trackmem_free gets a pointer into a block, 8 bytes after its start
  pointer      0x1008
  block        0x1000, 40 bytes, domain process
  allocated    0x2
  freed        0x1
  mend         hand in the start of the block, 0x1000
  now          the memory is left alone, and the program goes on
\
trackmem: misaligned pointer: trackmem_free gets a pointer that no allocation returned
  pointer      0x1001, not aligned as every block is
  freed        0x1
  mend         hand in what the allocation returned, without arithmetic
  now          the memory is left alone, and the program goes on
\
trackmem: wrong size: trackmem_free_sized is told 30 bytes for a block of 40
  block        0x1000, 40 bytes, domain process
  allocated    0x2
  freed        0x1
  mend         hand in the size that was asked for, or call trackmem_free
  now          the block is freed all the same, and the program goes on
\
trackmem: damaged header: the bytes right before a block were overwritten
  block        0x1000
  freed        0x1
  mend         look for a write below the block's start, or past the end of the one below
  now          the memory is left alone, and the program goes on
\
trackmem: domain leak: net is destroyed with 3 blocks alive, 100 B
  destroyed    0x1
  mend         free them before the domain ends, or hand them on with trackmem_transfer
  now          they stay valid and may still be freed
\
trackmem: destroyed domain: trackmem_malloc charges net, which was destroyed
  charged      0x1
  mend         destroy a domain after the last allocation that is charged to it
  now          its parent is charged, and further charges are not reported
\
trackmem: overrun: 2 bytes were written 1 byte behind the end of a block of 10 bytes
  block        0x1000, 10 bytes, domain process
  allocated    0x2
  noticed      0x1
  found        1 byte behind its end: 41 00  A.
  mend         allocate at least 13 bytes, or stop the write at the end
  now          the program goes on
\
trackmem: leak: 3 blocks, 43 B, allocated since the window began, are alive
  ended        0x700
  alive             30 B in       2 blocks  0x500
                    13 B in       1 block   0x600
  mend         free them before the window ends, or end it later
  now          they stay valid, and the program goes on
\
[1]

With the ELF file there are functions, files and lines, and the calls that were inlined.

$ cat >code.c <<'END'
> const char trackmem_small_anchor = 0, buffer[64] = "x";
> extern const char after_allocation, after_free;
> static volatile int calls;
> static inline __attribute__((always_inline)) void allocate(void)
> {
>     calls++; __asm__ volatile(".globl after_allocation\nafter_allocation:");
> }
> __attribute__((noinline)) static void load(void)
> {
>     allocate(); /* line 10 */
> }
> int main(void)
> {
>     load();
>     calls++; __asm__ volatile(".globl after_free\nafter_free:");
>     return buffer[0] + trackmem_small_anchor;
> }
> END
$ gcc -O1 -g -no-pie -Wl,--build-id=0x00112233 code.c -o code
$ cat >coded <<'END'
> misuse 1 "double-free" "trackmem_free" 0x20001000 0x20001000 40 0 "trackmem" "trackmem" "" @after_free @after_allocation 0
> misuse 2 "foreign-pointer" "trackmem_free" @buffer 0 0 0 "" "trackmem" "" @after_free 0 0
> begin 1 @trackmem_small_anchor 8 "1.0" hex"00112233"
> domain 0 0 "process" 0 0 0 0 0 0 0 0 0
> end 3 1
> END
$ python3 $TESTS/frames.py code <coded >coded.bin; trackmem report --elf code coded.bin | sed 's/0x40[0-9a-f]*/0x40#/'
trackmem: double free: trackmem_free gets a block that was freed before
  block        0x20001000, 40 bytes, domain process
  allocated    SCRATCH/code.c:6   allocate()
    inlined by SCRATCH/code.c:10  load()
  freed again  SCRATCH/code.c:15  main()
  mend         one of the two frees must go; a pointer set to NULL after its free may be freed again
  now          the memory is left alone, and the program goes on
\
trackmem: foreign pointer: trackmem_free gets memory that trackmem did not allocate
  pointer      0x40#, static data of code: buffer
  freed        SCRATCH/code.c:15  main()
  mend         no call is needed: this memory ends by itself
  now          the memory is left alone, and the program goes on
\
trackmem: memory of code, as it was sent
\
  Domain                    Live     Blocks        Peak
  process                    0 B          0         0 B
\
\
  Overhead               0 B   headers and alignment of the live blocks
  Misuse                   1   reported when it happened

$ trackmem report --json --elf code coded.bin | sed -n 1p
{"type":"misuse","kind":"double-free","title":"double free: trackmem_free gets a block that was freed before","verb":"trackmem_free","verb_family":"trackmem","pointer":"0x20001000","block":{"address":"0x20001000","size_bytes":40,"family":"trackmem","offset_bytes":0},"domain":"","here":{"file":"SCRATCH/code.c","line":15,"function":"main"},"allocated":{"file":"SCRATCH/code.c","line":6,"function":"allocate","inlined_by":[{"file":"SCRATCH/code.c","line":10,"function":"load"}]},"mend":"one of the two frees must go; a pointer set to NULL after its free may be freed again","outcome":"the memory is left alone, and the program goes on","program":"code"}

On ARM an odd address is that of a function in Thumb, unless it is that of data.

$ cat >odd.c <<'END'
> __asm__(".data\n .balign 2\n .byte 0\n .globl trackmem_small_anchor\n"
>         ".type trackmem_small_anchor, %object\n .size trackmem_small_anchor, 1\n"
>         "trackmem_small_anchor: .byte 0\n .text");
> int main(void) { return 0; }
> END
$ gcc -O1 -g -no-pie odd.c -o odd
$ printf '\050' | dd of=odd bs=1 seek=18 conv=notrunc status=none # e_machine: EM_ARM
$ nm odd | grep -c '[13579bdf] . trackmem_small_anchor'
1
$ printf 'begin 0 @trackmem_small_anchor 8 "1.0"\nend 2 1\n' | python3 $TESTS/frames.py odd | trackmem report --elf odd - | head -n 1
trackmem: memory of odd, as it was sent

The wrong file is refused: another build-id, another address, no firmware, no symbols, none at all.

$ gcc -O1 -g -no-pie -Wl,--build-id=0x44556677 code.c -o other; trackmem report --elf other coded.bin
! trackmem report: 'other' is not what sent this report: another program, or built anew since
[2]

$ sed 's/ @trackmem_small_anchor 8 "1.0".*/ 0x300 8 "1.0"/' coded | python3 $TESTS/frames.py code | trackmem report --elf code -
! trackmem report: 'code' is not what sent this report: another program, or built anew since
[2]

$ trackmem report --elf /bin/true coded.bin
! trackmem report: '/bin/true' sends no reports, or has no symbols: take the file that was linked, before strip
[2]

$ strip -o bare code; trackmem report --elf bare coded.bin
! trackmem report: 'bare' sends no reports, or has no symbols: take the file that was linked, before strip
[2]

$ trackmem report --elf nowhere coded.bin
! trackmem report: no symbols of 'nowhere': it cannot be read
[2]

$ trackmem report --elf one.bin coded.bin
! trackmem report: no symbols of 'one.bin': it is no ELF file, or was built anew since
[2]

A log goes on after a reset, and so it may where another build was loaded: what that sent is left out.

$ sed s/00112233/44556677/ coded | python3 $TESTS/frames.py other >other.bin; cat coded.bin other.bin coded.bin >three.bin
$ trackmem report --elf code three.bin >shown; (trackmem report --elf code coded.bin; trackmem report --elf code coded.bin) | diff shown - && echo same
same
! trackmem report: 'code' is not what sent all of 'three.bin': what another program sent, or one built anew since, is left out
$ trackmem report --elf other three.bin | grep -c 'memory of other, as it was sent'
1
! trackmem report: 'other' is not what sent all of 'three.bin': what another program sent, or one built anew since, is left out
$ cat other.bin other.bin | trackmem report --elf code -
! trackmem report: 'code' is not what sent this report: another program, or built anew since
[2]

A part without a report goes with the one before; and a report without the first frame is known, too.

$ printf 'event 4 "" 7 0x704 0\n' | python3 $TESTS/frames.py >event.bin
$ cat coded.bin event.bin other.bin event.bin | trackmem report --elf code - | grep -c injection
1
! trackmem report: 'code' is not what sent all of '-': what another program sent, or one built anew since, is left out
$ cat event.bin other.bin event.bin | trackmem report --elf code -
! trackmem report: 'code' is not what sent this report: another program, or built anew since
[2]
$ (cat coded; echo lose; sed s/00112233/44556677/ coded | tail -n 3) | python3 $TESTS/frames.py code | trackmem report --elf code - | grep 'memory of'
trackmem: memory of code, as it was sent
! trackmem report: 'code' is not what sent all of '-': what another program sent, or one built anew since, is left out

A reset cuts off the report, and the leaks, that were under way.

$ printf 'begin 0 0 8 "1.0"\nevent 6 "net" 30 0x500 2\nreset\nevent 5 "" 43 0x700 3\n' | python3 $TESTS/frames.py | trackmem report - | grep 'memory of\|alive'
trackmem: memory of firmware, incomplete: frames are missing
trackmem: leak: 3 blocks, 43 B, allocated since the window began, are alive
! trackmem report: '-' is cut off: a report in it lacks its beginning or its end

What was lost is told, and what is there is shown.

$ (head -n 12 one; echo lose; tail -n 4 one) | python3 $TESTS/frames.py | trackmem report - | tail -n 1
  Misuse                   1   reported when it happened
! trackmem report: '-' lacks 1 frame, lost or damaged on the way

The numbers go from 255 to 1, since 0 is that of a reset.

$ (yes '77 1' | head -n 600) | python3 $TESTS/frames.py | trackmem report -

$ printf '77 1\nlose 253\n77 1\n77 1\n77 1\n' | python3 $TESTS/frames.py | trackmem report -
! trackmem report: '-' lacks 253 frames, lost or damaged on the way
[2]

$ printf '77 1\nlose 254\n77 1\nlose 2\n77 1\n' | python3 $TESTS/frames.py | trackmem report -
! trackmem report: '-' lacks 256 frames, lost or damaged on the way
[2]

A frame that was sent twice counts once; what is sent again after a reset is something else.

$ sed 's/^\(site 0x500\|event 1\|end\) .*/&\nagain/' one | python3 $TESTS/frames.py >twice.bin; trackmem report twice.bin | diff <(trackmem report one.bin) - && echo same
same

$ printf 'event 4 "" 7 0x704 0\nreset\nevent 4 "" 7 0x704 0\n' | python3 $TESTS/frames.py | trackmem report - | grep -c injection
2

$ head -c -10 one.bin | trackmem report - | grep memory
  now          the memory is left alone, and the program goes on
trackmem: no memory: a request of 4,000 bytes is refused by the backend, for domain process
trackmem: memory of firmware, incomplete: frames are missing
! trackmem report: '-' is cut off: a report in it lacks its beginning or its end

$ python3 -c "import sys; d = bytearray(open('one.bin', 'rb').read()); d[115] ^= 1; sys.stdout.buffer.write(d)" | trackmem report - | sed -n 1,2p
trackmem: double free: trackmem_free gets a block that was freed before
  block        0x20001000, 40 bytes, domain net/queue
! trackmem report: '-' lacks 1 frame, lost or damaged on the way

$ printf 'begin 0 0 8 "1.0"\nbegin 0 0 8 "1.0"\ndomain 0 0 "process" 0 0 0 0 0 0 0 0 0\nend 3 1\n' | python3 $TESTS/frames.py | trackmem report - | grep memory
trackmem: memory of firmware, incomplete: frames are missing
trackmem: memory of firmware, as it was sent
! trackmem report: '-' is cut off: a report in it lacks its beginning or its end

$ printf 'end 3 1\n' | python3 $TESTS/frames.py | trackmem report -
! trackmem report: '-' is cut off: a report in it lacks its beginning or its end
[2]

$ echo 'no frame' | trackmem report -
! trackmem report: '-' holds no frame of trackmem: it is not what a sink took, or all of it is damaged
[2]

$ trackmem report - </dev/null
! trackmem report: '-' holds no frame of trackmem: it is not what a sink took, or all of it is damaged
[2]

$ printf 'version 2\nend 2 1\n' | python3 $TESTS/frames.py | trackmem report -
! trackmem report: '-' has frames of version 2; this command reads up to 1: take a later one
[2]

$ printf 'misuse 99 "new" "f" 0 0 0 0 "" "" "" 0 0 0\n' | python3 $TESTS/frames.py | trackmem report -
! trackmem report: '-' tells of what this command does not know, 1 times: take a later one
[2]

Frames of a type that is not known, and fields behind those that are, are passed over. After a reset the
numbers begin anew.

$ printf '77 1 2 3\nevent 4 "" 7 0x704 0 55 66\n' | python3 $TESTS/frames.py | trackmem report -
trackmem: fault injection: a request of 7 bytes is refused on purpose, for domain process
  called       0x704
\

$ (python3 $TESTS/frames.py <one; printf 'event 4 "" 7 0x704 0\n' | python3 $TESTS/frames.py) | trackmem report - | tail -n 3
trackmem: fault injection: a request of 7 bytes is refused on purpose, for domain process
  called       0x704
\

$ trackmem report nowhere.bin
! trackmem report: cannot read 'nowhere.bin': No such file or directory
[2]

$ trackmem report .
! trackmem report: cannot read '.': Is a directory
[2]

$ cat >line.py <<'END'
> import os, pty, subprocess, sys, tty
> here, there = pty.openpty()
> tty.setraw(there)
> os.write(there, open('one.bin', 'rb').read())
> os.close(there) # it hangs up
> sys.exit(subprocess.run(['trackmem', 'report', '-'], stdin=here).returncode)
> END
$ python3 line.py >line.txt; echo "ends with $?"; trackmem report one.bin | diff line.txt - && echo whole
ends with 2
whole
! trackmem report: '-' could be read up to byte 370 only: Input/output error

$ trackmem report --top many one.bin
! trackmem report: --top takes a number, not 'many'
[2]

$ trackmem report one.bin >/dev/full
! trackmem report: could not write to standard output
[2]
