The version, and the help of the program and of a subcommand: the same by three ways.

$ trackmem --version | sed 's/[0-9.]*$/N/'
trackmem N

$ trackmem --help
Usage: trackmem [OPTION...] COMMAND ...
\
The tools of trackmem: what runs outside a program that allocates by it.
\
Commands
  audit         find what calls malloc past trackmem in object files
  completion    print the completion script of a shell
  help          show the help or the man page of a command
  report        show what firmware reported over its byte sink
  symbols       put functions and lines into a report's stacks
\
Options
  -V, --version  Shows the version.
  -h, --help     Shows this help.
\
Exit status: 0 clean, 1 findings, 2 wrong usage or failure.

$ diff <(trackmem --help) <(trackmem help)

$ diff <(trackmem completion --help) <(trackmem help completion)

$ trackmem completion -h
Usage: trackmem completion [OPTION...] bash|zsh|fish
\
Prints a script that lets the shell complete commands, options and files.
\
Options
  -h, --help  Shows this help.
\
Examples
  source <(trackmem completion bash)
      Completes in this bash; 'make install' puts the scripts where the shells
      look for them.
\
Exit status: 0 clean, 1 findings, 2 wrong usage or failure.

No colours where the output is no terminal; on one, unless NO_COLOR or TERM=dumb refuse them.

$ trackmem --help | grep -c $'\033'
0
[1]

$ script -qec 'trackmem --help' /dev/null | grep -c $'\033'
2

$ NO_COLOR=1 script -qec 'trackmem --help' /dev/null | grep -c $'\033'
0
[1]

$ TERM=dumb script -qec 'trackmem --help' /dev/null | grep -c $'\033'
0
[1]

What cannot be written is told.

$ trackmem --help >/dev/full
! trackmem: could not write: No space left on device
[2]
