#compdef mim-chart
# Completion of mim-chart in zsh: the program says what is offered.
_mim-chart() {
    local program=${${(Q)words[1]}/#\~/$HOME} line directive
    local -a answer candidates space
    [[ ${program:t} == mim-chart ]] || program=mim-chart
    answer=("${(@f)$("$program" __complete --after=$(($#words - CURRENT)) "${(@Q)words[2,CURRENT-1]}" \
        "${(Q)PREFIX}" "${(@Q)words[CURRENT+1,-1]}" 2>/dev/null)}")
    directive=${${answer[-1]}#:}
    [[ $directive == <-> ]] || return 1
    # A word and its description, with a colon between them.
    for line in "${(@)answer[1,-2]}"; do
        line=${${line//\\/\\\\}//:/\\:}
        candidates+=("${line/$'\t'/:}")
    done
    # The characters that stay, as they are written in the word.
    integer end=0
    until [[ ${(Q)PREFIX[1,end]} == "${${(Q)PREFIX}[1,directive >> 8]}" ]] || ((++end > $#PREFIX)); do :; done
    compset -p $end
    ((directive & 2)) && space=(-S '')
    (($#candidates)) && _describe -t candidates candidate candidates "${space[@]}"
    if ((directive & 16)); then
        _files -/
    elif ((directive & 64)); then
        _files -g '*.(tgz|tar.gz)(-.)'
    elif ! ((directive & 4)); then
        _files
    fi
}
# It is called as a file of $fpath, or sourced.
if [[ $funcstack[1] == _mim-chart ]]; then
    _mim-chart "$@"
else
    compdef _mim-chart mim-chart
fi
