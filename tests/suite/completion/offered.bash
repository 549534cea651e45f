# Prints what bash offers for each line of standard input, given the script. Lines are split as by readline.
source "$1"
compopt() { :; }
function=$(complete -p mim-chart) && function=${function#*-F } && function=${function%% *}
while IFS= read -r line; do
    COMP_LINE=$line COMP_POINT=${#line} COMP_TYPE=9
    read -r -a COMP_WORDS <<<"${line//=/ = }"
    [[ $line == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    word=${COMP_WORDS[COMP_CWORD]}
    "$function" mim-chart "${word##=}" "${COMP_WORDS[COMP_CWORD - 1]}"
    echo "line $line"
    printf 'offered %s\n' "${COMPREPLY[@]}"
done
