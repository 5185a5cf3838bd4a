The pages are made from the table, and groff finds nothing wrong with them.

$ trackmem help --man completion
.TH TRACKMEM-COMPLETION 1 "" "trackmem 0.1.0" "trackmem"
.SH NAME
trackmem\-completion \- print the completion script of a shell
.SH SYNOPSIS
\fBtrackmem completion\fR [\fIOPTION\fR...] \fIbash|zsh|fish\fR
.SH DESCRIPTION
.PP
Prints a script that lets the shell complete commands, options and files.
.SH OPTIONS
.TP
\fB\-h\fR, \fB\-\-help\fR
Shows this help.
.SH EXIT STATUS
0 clean, 1 findings, 2 wrong usage or failure.
.SH ENVIRONMENT
.TP
\fBNO_COLOR\fR
Set and not empty: no colours.
.SH EXAMPLES
.TP
\fBsource <(trackmem completion bash)\fR
Completes in this bash; 'make install' puts the scripts where the shells look for them.
.SH SEE ALSO
.BR trackmem (1),
.BR trackmem (7)

$ for page in '' $(trackmem --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
>     trackmem help --man $page >page && groff -man -ww -z -Tutf8 page 2>&1
> done

Every command has an installed page.

$ for page in $(trackmem --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
>     [ -e "$BUILD/trackmem-$page.1" ] || echo "tools/meson.build does not name $page"
> done
