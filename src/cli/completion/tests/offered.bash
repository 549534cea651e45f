# Prints what bash offers for each line of standard input, with the script that is named.
source "$1"
while IFS= read -r line; do
    read -r -a COMP_WORDS <<<"${line//=/ = }"
    [[ $line == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    function=$(complete -p mim-chart) && function=${function#*-F } && function=${function%% *}
    compopt() { :; }
    "$function" mim-chart "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    echo "line $line"
    printf 'offered %s\n' "${COMPREPLY[@]}"
done
