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

Without a build-id any file is used; a path may have commas.

$ cat >code.c <<'END'
> int main(void)
> {
>     return 0;
> }
> END
$ gcc -g -Wl,--build-id=none code.c -o co,de
$ printf 'co,de+0x%s, here\nco,de+0x1, here\n  module       co,de is %s, no build-id\n' $(nm co,de | sed -n 's/ T main//p') $PWD/co,de >code.txt

$ trackmem symbols code.txt
main()  SCRATCH/code.c:2
co,de+0x1, here
  module       co,de is SCRATCH/co,de, no build-id

$ trackmem symbols missing.txt
! trackmem symbols: cannot read 'missing.txt': No such file or directory
[2]

$ trackmem symbols report.txt more 2>/dev/null
[2]
