# Completion of mim-chart in fish: the program says what is offered.
function __mim_chart_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    string match -qr '(^|/)mim-chart$' -- $program; or set program mim-chart
    type -q $program; or return
    # A quote may still be open.
    set -l plain (string unescape -- "$word"); or set plain (string replace -r '^[\'"]' '' -- "$word")
    set -l answer ($program __complete $words[2..] "$plain" 2>/dev/null)
    string match -qr '^:\d+$' -- $answer[-1]; or return
    set -l number (string sub -s 2 -- $answer[-1])
    # These characters of the word stay in front of candidates and files.
    set -l kept (math "floor($number / 256)")
    set -l start (string sub -l $kept -- "$plain")
    for line in $answer[..-2]
        printf '%s%s\n' "$start" $line
    end
    test (math "floor($number / 4) % 2") = 1; and return
    # Files, as fish completes them for a command without completions of its own.
    set -l only '.*'
    test (math "floor($number / 16) % 2") = 1; and set only '.*/$'
    test (math "floor($number / 64) % 2") = 1; and set only '.*(?:/|\.tgz|\.tar\.gz)$'
    set -l rest (string sub -s (math 1 + $kept) -- "$word")
    # In a quoted word, these are other characters.
    if test "$start$rest" != "$word"
        set rest (string sub -s (math 1 + $kept) -- "$plain" | string escape -n | string replace -r '^\\\\~' '~')
    end
    set -l files (complete -C "'' $rest" | string replace -r '\t.*' '')
    for file in (string match -r -- $only $files)
        printf '%s%s\n' "$start" $file
    end
end
complete -c mim-chart -e
complete -c mim-chart -f -a '(__mim_chart_complete)'
