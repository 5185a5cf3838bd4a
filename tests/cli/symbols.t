The filter leaves alone what it does not know, and says which file it cannot use.

$ printf 'a line\nnobody+0x12\n  now   on\n' | trackmem symbols
a line
nobody+0x12
  now   on

$ echo '   #3 /nowhere/demo+0x12' | trackmem symbols
   #3 /nowhere/demo+0x12
! trackmem symbols: no symbols of '/nowhere/demo': it cannot be read

$ printf '   #0 demo+0x12  f()\n  module       demo is /nowhere/demo, build-id 00ff\n' | trackmem symbols
   #0 demo+0x12  f()
  module       demo is /nowhere/demo, build-id 00ff
! trackmem symbols: no symbols of '/nowhere/demo': it cannot be read

$ printf 'x+0x12\n  module       x is /dev/null, build-id 00ff\n' | trackmem symbols
x+0x12
  module       x is /dev/null, build-id 00ff
! trackmem symbols: no symbols of '/dev/null': it is no ELF file, or was built anew since

$ printf 'a line\nnobody+0x12\n' >report.txt

$ trackmem symbols report.txt
a line
nobody+0x12

$ trackmem symbols - <report.txt
a line
nobody+0x12

A file without a build-id may be another by now: that is said once, unless the program still runs.

$ cat >code.c <<'END'
> int main(void)
> {
>     return 0;
> }
> END
$ gcc -g -Wl,--build-id=none code.c -o code
$ printf 'code+0x%s, here\ncode+0x1, here\n  module       code is %s\n' $(nm code | sed -n 's/ T main//p') $PWD/code >code.txt

$ trackmem symbols code.txt
main()  SCRATCH/code.c:2
code+0x1, here
  module       code is SCRATCH/code
! trackmem symbols: the report has no build-id of 'SCRATCH/code': if that was built anew since, what is shown is wrong; link it with -Wl,--build-id

$ trackmem symbols missing.txt
! trackmem symbols: cannot read 'missing.txt': No such file or directory
[2]

$ trackmem symbols report.txt more 2>/dev/null
[2]
