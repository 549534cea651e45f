# Prints what fish offers for each line of standard input, with the script that is named.
source $argv[1]
while read -l line
    echo "line $line"
    complete -C $line | string replace -r '\t.*' '' | string replace -r '^' 'offered '
end
