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
        '' | any) [[ -n "$kept" || ${#COMPREPLY[@]} -gt 0 ]] || { compopt +o nospace 2>/dev/null; return; } ;;
    esac
    compopt -o filenames +o nospace +o default 2>/dev/null
    while IFS= read -r word; do
        # Bash does not see that such a word ends in a directory.
        [[ -n "$kept" && -d "${word/#\~/$HOME}" ]] && { word+=/; compopt -o nospace 2>/dev/null; }
        COMPREPLY+=("$kept$word")
    done < <(
        word="${2#"$kept"}"
        case "$files" in
            any) compgen -f -- "$word" ;;
            directories) compgen -d -- "$word" ;;
            charts)
                compgen -d -- "$word"
                compgen -f -X '!*.tgz' -- "$word"
                compgen -f -X '!*.tar.gz' -- "$word" ;;
        esac
    )
}
complete -o default -o nospace -F _mim_chart mim-chart
