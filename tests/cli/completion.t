What bash offers at the end of a line.

$ cat >offered <<'END'
> eval "$(trackmem completion bash)"
> compopt() { :; }
> COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
> _trackmem
> printf '%s\n' "${COMPREPLY[@]}"
> END

$ bash offered trackmem ''
audit
completion
help
report
symbols

$ bash offered trackmem he
help

$ bash offered trackmem --
--version
--help

$ bash offered trackmem completion ''
bash
zsh
fish

$ bash offered trackmem help co
completion

$ bash offered trackmem help --
--man
--help

What fish offers, with what it is about.

$ trackmem completion fish >trackmem.fish

$ fish -c 'source trackmem.fish; complete -C "trackmem he"'
help	show the help or the man page of a command

$ fish -c 'source trackmem.fish; complete -C "trackmem completion "'
bash
fish
zsh

$ fish -c 'source trackmem.fish; complete -C "trackmem help --"'
--help	Shows this help
--man	Prints the man page's source instead: trackmem help --man audit | man -l -

zsh takes its script, which gives each command a part.

$ trackmem completion zsh | zsh -n

$ trackmem completion zsh | sed -n '/^    help)/,/;;/p'
    help)
        _arguments \
            '*--man[Prints the man page'\''s source instead\: trackmem help --man audit | man -l -]' \
            '*--help[Shows this help]' \
            '*::value:(audit completion help report symbols)'
        ;;
