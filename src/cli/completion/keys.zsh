
# Keys of the chart's values for --set and its like, and for why; and the built-in chart.
_mim-chart_keys() {
    local -a keys
    keys=("${(@f)$(mim-chart __keys $1 -- "$PREFIX" "${words[@]}" 2>/dev/null)}")
    [[ -n "$keys" ]] && compadd -S '' -a keys
}
_mim-chart_words() {
    if [[ $words[1] == why && $CURRENT -eq 2 ]]; then
        _mim-chart_keys --name
    else
        compadd mongooseim
        _files
    fi
}
