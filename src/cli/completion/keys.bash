
# Keys of the chart's values for --set and its like, and for why; and the built-in chart.
_mim__chart__keys() {
    local word="${COMP_WORDS[COMP_CWORD]}" start=$COMP_CWORD flag mode= key
    # Bash takes an equals sign for a word of its own.
    while [[ start -gt 1 && ( "${COMP_WORDS[start]}" == "=" || "${COMP_WORDS[start - 1]}" == "=" ) ]]; do
        ((start--))
    done
    flag="${COMP_WORDS[start]}"
    [[ "$flag" == --* && start -lt COMP_CWORD ]] || flag="${COMP_WORDS[start - 1]}"
    case "$flag" in
        KEY_FLAGS) mode=--assign ;;
        why) [[ COMP_CWORD -eq 2 && "$word" != -* ]] && mode=--name ;;
    esac
    if [[ -n "$mode" ]]; then
        [[ "$word" == "=" ]] && word=
        COMPREPLY=()
        while IFS= read -r key; do
            key="$(printf '%q' "$key")"
            COMPREPLY+=("${key//\\,/,}")
        done < <("${COMP_WORDS[0]}" __keys "$mode" -- "$word" "${COMP_WORDS[@]:1}" 2>/dev/null)
        compopt -o nospace 2>/dev/null
        return 0
    fi
    _mim__chart "$@"
    case "${COMP_WORDS[1]}" in
        CHART_COMMANDS)
            [[ COMP_CWORD -ge 2 && -n "$word" && "mongooseim" == "$word"* ]] && COMPREPLY+=(mongooseim)
            ;;
    esac
    return 0
}
