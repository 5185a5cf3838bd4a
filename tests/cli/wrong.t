Each mistake gets one line that says what, where and the mend, and exit code 2.

$ trackmem
! trackmem: no command given; 'trackmem --help' lists them
[2]

$ trackmem hlep
! trackmem: no command 'hlep'; did you mean 'help'?
[2]

$ trackmem quite-another
! trackmem: no command 'quite-another'; 'trackmem --help' lists them
[2]

$ trackmem --versoin
! trackmem: no option '--versoin'; did you mean '--version'?
[2]

$ trackmem --quite-another
! trackmem: no option '--quite-another'; 'trackmem --help' lists them
[2]

$ trackmem -x
! trackmem: no option '-x'; 'trackmem --help' lists them
[2]

$ trackmem --version=3
! trackmem: option '--version' takes no value
[2]

$ trackmem help --men
! trackmem help: no option '--men'; did you mean '--man'?
[2]

$ trackmem help nobody
! trackmem help: no command 'nobody'; 'trackmem --help' lists them
[2]

$ trackmem help help completion
! trackmem help: 'completion' is one too many; usage: trackmem help [OPTION...] [COMMAND]
[2]

$ trackmem completion
! trackmem completion: nothing given for bash|zsh|fish; 'trackmem completion --help' says more
[2]

$ trackmem completion bsh
! trackmem completion: 'bsh' is not one of bash|zsh|fish; did you mean 'bash'?
[2]

$ trackmem completion powershell
! trackmem completion: 'powershell' is not one of bash|zsh|fish
[2]

$ trackmem $'co\033[31mmpletion'
! trackmem: no command 'co?[31mmpletion'; did you mean 'completion'?
[2]
