# Prints what zsh offers for each line of the file $2, given the script $1 and a file for the answers, $3. It runs the line editor, with
# a replacement of the builtin that adds matches, which also prints them. After them it prints the line as it is then.
zmodload zsh/zpty
inner() {
    autoload -Uz compinit && compinit -u -D
    source $1
    zmodload zsh/zutil
    typeset -ga input=("${(@f)$(<$2)}")
    compadd() {
        local -a hits arguments=("$@")
        local flags=${arguments[1,(i)(-|--)]}
        if [[ " $flags" == *' -'[a-zA-Z]#(O|A|D)* ]]; then builtin compadd "$@"; return; fi
        builtin compadd -A hits "$@"
        (( $#hits )) && print -rl -- "offered "${^hits} >>$answers
        builtin compadd "$@"
    }
    setopt nobeep noautomenu
    offer() { _main_complete; compstate[list]= }
    zle -C offer complete-word offer
    walk() {
        local line
        for line in $input; do
            print -r -- "line $line" >>$answers
            BUFFER=$line CURSOR=$#line
            zle offer
            print -r -- "inserted $BUFFER" >>$answers
        done
        exit
    }
    zle -N walk
    bindkey '^X' walk
}
zpty shell "answers=$3 zsh -f -i"
zpty -w shell "$(functions inner); setopt extendedglob; PS1=; answers=$3; inner $1 $2; print read''y"
zpty -r shell seen '*ready*'
zpty -w -n shell $'\x18'
while zpty -r shell seen; do :; done
cat $3
