# Completion of mim-chart in bash 3.2 and later: the program says what is offered.
_mim_chart() {
    local program="${COMP_WORDS[0]/#\~/$HOME}" files kept word
    [[ "${program##*/}" == mim-chart ]] || program=mim-chart
    COMPREPLY=()
    {
        IFS=' ' read -r files kept
        while IFS= read -r word; do COMPREPLY+=("$word"); done
    } < <("$program" __completeBash "${COMP_LINE:0:COMP_POINT}" "${COMP_LINE:COMP_POINT}" \
        "${COMP_TYPE:-}" "$COMP_WORDBREAKS" "${COLUMNS:-}" 2>/dev/null)
    # Candidates bring their spaces with them, file names do not.
    case "$files" in
        none) compopt +o default 2>/dev/null; return ;;
        any) [[ -n "$kept" || ${#COMPREPLY[@]} -gt 0 ]] || { compopt +o nospace 2>/dev/null; return; } ;;
    esac
    compopt -o filenames +o nospace +o default 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(
        word="${2#"$kept"}"
        case "$files" in
            any) compgen -P "$kept" -f -- "$word" ;;
            directories) compgen -P "$kept" -d -- "$word" ;;
            charts)
                compgen -P "$kept" -d -- "$word"
                compgen -P "$kept" -f -X '!*.tgz' -- "$word"
                compgen -P "$kept" -f -X '!*.tar.gz' -- "$word" ;;
        esac
    )
}
complete -o default -o nospace -F _mim_chart mim-chart
