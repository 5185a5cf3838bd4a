The ratchet: a baseline fails on what got worse, and records what got better.

$ cat >code.c <<'END'
> void *malloc(unsigned long);
> void free(void *);
> void *first(void) { return malloc(1); }
> #ifdef WORSE
> void *second(void) { return malloc(2); }
> #endif
> #ifndef BETTER
> void release(void *p) { free(p); }
> #endif
> END
> gcc -fno-builtin -c code.c -o code.o; gcc -fno-builtin -c code.c -o other.o

$ trackmem audit --baseline=base.json code.o
! trackmem audit: base.json: No such file or directory; --update-baseline makes it
[2]

$ trackmem audit --baseline=base.json --update-baseline code.o other.o | tail -n 1; cat base.json
0 raw references more than the baseline holds, 4 in it, 0 allowed, 0 through trackmem
{
  "objects": {
    "code.o": {
      "free": 1,
      "malloc": 1
    },
    "other.o": {
      "free": 1,
      "malloc": 1
    }
  },
  "trackmem_audit_baseline": 1
}

$ trackmem audit --baseline=base.json code.o other.o >/dev/null

Worse: it fails, names only that, and the baseline cannot be moved that way.

$ gcc -fno-builtin -DWORSE -c code.c -o code.o; trackmem audit --baseline=base.json code.o other.o
code.o  elf64-x86-64
  1    malloc               second                  use trackmem_malloc
\
Coverage                                  Objects    Clean    Raw    Share   Through    Raw    Share
.                                               2        0      2       0%         0      5       0%
in all                                          2        0      2       0%         0      5       0%
\
1 raw reference more than the baseline holds, 4 in it, 0 allowed, 0 through trackmem
[1]

$ cp base.json before; trackmem audit -u -b base.json code.o >/dev/null; echo $?
> diff before base.json
1

Better: it is told, and recorded when asked; then the old state would be worse.

$ gcc -fno-builtin -DBETTER -c code.c -o code.o; trackmem audit -b base.json code.o other.o | tail -n 2
0 raw references more than the baseline holds, 3 in it, 0 allowed, 0 through trackmem
Less than the baseline holds: --update-baseline records it.

$ trackmem audit -u -b base.json code.o | tail -n 1; diff before base.json
0 raw references more than the baseline holds, 1 in it, 0 allowed, 0 through trackmem
4d3
<       "free": 1,
[1]

$ gcc -fno-builtin -c code.c -o code.o; trackmem audit -b base.json code.o | tail -n 1
> trackmem audit -b base.json code.o >/dev/null
1 raw reference more than the baseline holds, 1 in it, 0 allowed, 0 through trackmem
[1]

An object that is gone leaves the baseline; one that was not audited stays in it.

$ rm other.o; trackmem audit -u -b base.json code.o >/dev/null; cat base.json
{
  "objects": {
    "code.o": {
      "malloc": 1
    }
  },
  "trackmem_audit_baseline": 1
}

With an object that cannot be read nothing is recorded.

$ echo damaged >bad.o; trackmem audit -u -b base.json code.o bad.o >/dev/null
! trackmem audit: base.json is left as it is: not every object could be read
! trackmem audit: bad.o: neither object file, archive nor linked image
[2]

A file that is no baseline.

$ echo '{}' >wrong.json; trackmem audit -b wrong.json code.o
! trackmem audit: wrong.json: not a baseline of 'trackmem audit' in version 1
[2]

$ echo '{' >broken.json; trackmem audit -b broken.json code.o
! trackmem audit: broken.json:2: string or '}' expected near end of file; remove it and --update-baseline makes a new one
[2]

JSON, and SARIF with what version 2.1.0 requires.

$ echo 'code.o * free by somebody else' >allow
> trackmem audit --json --allow=allow code.o
{
  "trackmem_audit": 1,
  "coverage": {
    "objects": 1,
    "clean_objects": 0,
    "raw_objects": 1,
    "through_references": 0,
    "raw_references": 1,
    "allowed_references": 1,
    "worse_references": 1
  },
  "folders": [
    {
      "objects": 1,
      "clean_objects": 0,
      "raw_objects": 1,
      "through_references": 0,
      "raw_references": 1,
      "allowed_references": 1,
      "worse_references": 1,
      "folder": "."
    }
  ],
  "objects": [
    {
      "object": "code.o",
      "format": "elf64-x86-64",
      "references": [
        {
          "function": "first",
          "symbol": "malloc",
          "group": "direct",
          "count": 1,
          "known": 0,
          "raw": true,
          "mend": "trackmem_malloc"
        },
        {
          "function": "release",
          "symbol": "free",
          "group": "direct",
          "count": 1,
          "known": 0,
          "raw": false,
          "mend": "trackmem_free",
          "allowed": "by somebody else"
        }
      ]
    }
  ],
  "failures": [],
  "unused_allow_entries": [],
  "less_than_baseline": false
}
[1]

$ trackmem audit --sarif --allow=allow -b base.json code.o >code.sarif; echo $?
> /usr/bin/python3 $TESTS/../audit/sarif.py code.sarif
0
SARIF 2.1.0: 2 results, 0 notifications, 1 suppressions

$ trackmem audit --sarif bad.o code.o >bad.sarif; /usr/bin/python3 $TESTS/../audit/sarif.py bad.sarif
SARIF 2.1.0: 2 results, 1 notifications, 0 suppressions
! trackmem audit: bad.o: neither object file, archive nor linked image
