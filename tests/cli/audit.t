What refers to the system's allocator, by object and function, and what it amounts to.

$ gcc -O1 -fno-builtin -c $TESTS/../audit/sample.c -o sample.o && ar rc libsample.a sample.o
> mkdir -p folder/clean && cp sample.o folder/
> echo 'void trackmem_free(void *p); void f(void *p) { trackmem_free(p); }' >clean.c
> gcc -c clean.c -o folder/clean/clean.o && echo 'no object' >folder/notes

$ trackmem audit libsample.a
libsample.a(sample.o)  elf64-x86-64
  1    _strdup              copies                  use trackmem_strdup of trackmem/text.h
  1    strdup               copy                    use trackmem_strdup of trackmem/text.h
  1    free                 releases                use trackmem_free
  1    free                 taken                   use trackmem_free
  1    free                 twice                   use trackmem_free
  2    malloc               twice                   use trackmem_malloc
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
libsample.a                                     1        0      1       0%         2      7      22%
in all                                          1        0      1       0%         2      7      22%
\
7 raw references, 0 allowed, 2 through trackmem
[1]

$ trackmem audit folder | sed 's/ *$//'
folder/sample.o  elf64-x86-64
  1    _strdup              copies                  use trackmem_strdup of trackmem/text.h
  1    strdup               copy                    use trackmem_strdup of trackmem/text.h
  1    free                 releases                use trackmem_free
  1    free                 taken                   use trackmem_free
  1    free                 twice                   use trackmem_free
  2    malloc               twice                   use trackmem_malloc
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
folder                                          1        0      1       0%         2      7      22%
folder/clean                                    1        1      0     100%         1      0     100%
in all                                          2        1      1      50%         3      7      30%
\
7 raw references, 0 allowed, 3 through trackmem

An object that goes through trackmem alone is clean.

$ trackmem audit folder/clean/clean.o
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
folder/clean                                    1        1      0     100%         1      0     100%
in all                                          1        1      0     100%         1      0     100%
\
0 raw references, 0 allowed, 1 through trackmem

A code base's own allocator may count as trackmem; malloc never does.

$ echo 'void *ralloc_size(long); void *f(void) { return ralloc_size(1); }' >own.c; gcc -c own.c

$ trackmem audit --through='ralloc_*' own.o
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
.                                               1        1      0     100%         1      0     100%
in all                                          1        1      0     100%         1      0     100%
\
0 raw references, 0 allowed, 1 through trackmem

$ trackmem audit --through='*' sample.o | tail -n 1
7 raw references, 0 allowed, 3 through trackmem

The allow-list: what it names counts nowhere; entries that allow nothing are told; a reason must be.

$ cat >allow <<'END'
> # twice is on purpose
> sample.o twice * the reason why
> folder/sample.o * free released elsewhere
> other.o * * nothing of this name
> END

$ trackmem audit --allow=allow --all folder/sample.o sample.o
folder/sample.o  elf64-x86-64
  1    _strdup              copies                  use trackmem_strdup of trackmem/text.h
  1    strdup               copy                    use trackmem_strdup of trackmem/text.h
  1    free                 releases                allowed: released elsewhere
  1    free                 taken                   allowed: released elsewhere
  1    free                 twice                   allowed: the reason why
  2    malloc               twice                   allowed: the reason why
\
sample.o  elf64-x86-64
  1    _strdup              copies                  use trackmem_strdup of trackmem/text.h
  1    strdup               copy                    use trackmem_strdup of trackmem/text.h
  1    free                 releases                use trackmem_free
  1    free                 taken                   use trackmem_free
  1    free                 twice                   allowed: the reason why
  2    malloc               twice                   allowed: the reason why
\
allow:4: allows nothing: other.o * *
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
.                                               1        0      1       0%         2      4      33%
folder                                          1        0      1       0%         2      2      50%
in all                                          2        0      2       0%         4      6      40%
\
6 raw references, 8 allowed, 4 through trackmem
[1]

$ echo 'sample.o twice free' >reasonless; trackmem audit --allow=reasonless sample.o
! trackmem audit: reasonless:1: no reason; write 'OBJECT FUNCTION SYMBOL why it may be'
[2]

$ trackmem audit --allow=missing sample.o
! trackmem audit: missing: No such file or directory
[2]

LTO bitcode is named, an archive of it too; so is a static executable.

$ gcc -flto -fno-fat-lto-objects -c clean.c -o gcc-lto.o; clang -flto -c clean.c -o clang-lto.o
> ar rc liblto.a clang-lto.o; echo 'int main(void) { return 0; }' >main.c
> gcc -static main.c -o static; trackmem audit gcc-lto.o clang-lto.o liblto.a static
clang-lto.o  bitcode
  1    (LTO bitcode)        -                       compile with -ffat-lto-objects, or audit what the link makes of it
\
gcc-lto.o  elf64-x86-64
  1    (LTO bitcode)        -                       compile with -ffat-lto-objects, or audit what the link makes of it
\
liblto.a(clang-lto.o)  bitcode
  1    (LTO bitcode)        -                       compile with -ffat-lto-objects, or audit what the link makes of it
\
static  elf64-x86-64
  1    (linked statically)  -                       audit the objects it was linked from
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
.                                               3        0      3       0%         0      3       0%
liblto.a                                        1        0      1       0%         0      1       0%
in all                                          4        0      4       0%         0      4       0%
\
4 raw references, 0 allowed, 0 through trackmem
[1]

Thin archives, two members of one name, universal Mach-O files.

$ ar rcT libthin.a sample.o folder/sample.o; ar qc libtwo.a sample.o; ar q libtwo.a sample.o
> trackmem audit libthin.a libtwo.a | grep -v '^ '
libthin.a(folder/sample.o)  elf64-x86-64
\
libthin.a(sample.o)  elf64-x86-64
\
libtwo.a(sample.o#2)  elf64-x86-64
\
libtwo.a(sample.o)  elf64-x86-64
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
libthin.a                                       2        0      2       0%         4     14      22%
libtwo.a                                        2        0      2       0%         4     14      22%
in all                                          4        0      4       0%         8     28      22%
\
28 raw references, 0 allowed, 8 through trackmem

$ for arch in x86_64 arm64; do
>     clang --target=$arch-apple-darwin -fno-builtin -c $TESTS/../audit/sample.c -o $arch.o
> done
> llvm-lipo-14 -create x86_64.o arm64.o -output both.o; trackmem audit both.o | grep -v '^ '
both.o(arm64)  Mach-O arm64
\
both.o(x86_64)  Mach-O 64-bit x86-64
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
both.o                                          2        0      2       0%         4     14      22%
in all                                          2        0      2       0%         4     14      22%
\
14 raw references, 0 allowed, 4 through trackmem

Fortified names, versions, an import of a shared library.

$ echo '#include <stdio.h>
> int f(char **p, int n) { return asprintf(p, "%d", n); }' >fortified.c
> gcc -D_GNU_SOURCE -O2 -D_FORTIFY_SOURCE=2 -fPIC -shared fortified.c -o libfortified.so
> strip libfortified.so; nm -D -u libfortified.so | grep -o '__asprintf.*@G'
> trackmem audit libfortified.so
__asprintf_chk@G
libfortified.so  elf64-x86-64
  1    asprintf             -                       use trackmem_asprintf of trackmem/text.h
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
.                                               1        0      1       0%         0      1       0%
in all                                          1        0      1       0%         0      1       0%
\
1 raw reference, 0 allowed, 0 through trackmem
[1]

What asks the C library for the size of a block.

$ echo '#include <malloc.h>
> size_t f(void *p) { return malloc_usable_size(p); }' >size.c
> gcc -c size.c; trackmem audit size.o
size.o  elf64-x86-64
  1    malloc_usable_size   f                       use trackmem_size
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
.                                               1        0      1       0%         0      1       0%
in all                                          1        0      1       0%         0      1       0%
\
1 raw reference, 0 allowed, 0 through trackmem
[1]

Damaged files are told, the others are audited, and the exit code is 2.

$ head -c 700 sample.o >cut.o; head -c 900 libsample.a >libcut.a; : >empty.o
> trackmem audit --json cut.o libcut.a empty.o folder/notes missing.o sample.o 2>&1 >out |
>     sed "s/ = 0x.*//"; grep -c '"symbol"' out
trackmem audit: missing.o: No such file or directory
trackmem audit: cut.o: section header table goes past the end of the file: e_shoff
trackmem audit: empty.o: neither object file, archive nor linked image
trackmem audit: folder/notes: neither object file, archive nor linked image
trackmem audit: libcut.a: truncated or malformed archive (offset to next archive member past the end of the archive after member sample.o)
8

$ trackmem audit cut.o libcut.a empty.o folder/notes missing.o sample.o >/dev/null 2>&1
[2]

Damage that makes the object library abort costs the damaged file alone: relocations to nowhere.

$ at=$(llvm-objdump-14 --macho --private-headers x86_64.o | awk '/reloff/ { print $2; exit }')
> cp x86_64.o abort.o
> printf '\377%.0s' {1..40} | dd of=abort.o bs=1 seek=$at conv=notrunc status=none
> trackmem audit abort.o sample.o | tail -n 1
7 raw references, 0 allowed, 2 through trackmem
! trackmem audit: abort.o: damaged: the object library gave up on it (Aborted)

$ trackmem audit abort.o folder/clean/clean.o >/dev/null
! trackmem audit: abort.o: damaged: the object library gave up on it (Aborted)
[2]

A terminal sees how far it is; the line is gone at the end.

$ script -qec 'trackmem audit folder/clean/clean.o' /dev/null | tr '\r\033' '\n^' | head -n 3
\
^[Kreading objects: 1
^[K^[1mCoverage                                  Objects    Clean    Raw    Share   Through    Raw    Share^[0m

Mistakes.

$ trackmem audit
! trackmem audit: nothing given for PATH...; 'trackmem audit --help' says more
[2]

$ mkdir void; trackmem audit void
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
in all                                          0        0      0        -         0      0        -
\
0 raw references, 0 allowed, 0 through trackmem
! trackmem audit: no object files in void
[2]

$ trackmem audit --json --sarif sample.o
! trackmem audit: --json and --sarif exclude each other
[2]

$ trackmem audit --update-baseline sample.o
! trackmem audit: --update-baseline needs --baseline=FILE, the file to update
[2]

$ trackmem audit --basline=x sample.o
! trackmem audit: no option '--basline'; did you mean '--baseline'?
[2]

$ trackmem audit sample.o >/dev/full
! trackmem audit: could not write: No space left on device
[2]
