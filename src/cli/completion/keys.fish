
# Keys of the chart's values for --set and its like, and for why; and the built-in chart.
function __fish_mim_chart_keys
    set -l words (commandline -opc)
    type -q $words[1]; or return
    set -l word (commandline -ct | string replace -r -- '^--[a-z-]+=' '')
    $words[1] __keys $argv -- "$word" $words[2..] 2>/dev/null
end
