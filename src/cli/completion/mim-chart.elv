# Completion of mim-chart in Elvish: the program says what is offered.
use math
use re
use str

set edit:completion:arg-completer[mim-chart] = {|@words|
  var word = $words[-1]
  var answer = [(try { e:mim-chart __complete (all $words[1..]) 2>/dev/null | from-lines } catch { nop })]
  if (and (> (count $answer) 0) (re:match '^:[0-9]+$' $answer[-1])) {
    var number = (num $answer[-1][1..])
    var has = {|bit| == 1 (% (math:floor (/ $number $bit)) 2) }
    # These characters of the word stay in front of candidates and files.
    var kept = (str:join '' [(all $word | take (math:floor (/ $number 256)))])
    var space = ' '
    if ($has 2) { set space = '' }
    for line $answer[..-1] {
      var text @description = (str:split &max=2 "\t" $line)
      var shown = $text
      if (> (count $description) 0) { set shown = $text'  ('$description[0]')' }
      edit:complex-candidate $kept$text &code-suffix=$space &display=$shown
    }
    if (not ($has 4)) {
      edit:complete-filename $word[(count $kept)..] | each {|file|
        var is-chart = (and ($has 64) (re:match '\.(tgz|tar\.gz)$' $file[stem]))
        if (or $is-chart (str:has-suffix $file[stem] /) (not (or ($has 16) ($has 64)))) {
          edit:complex-candidate $kept$file[stem] &code-suffix=$file[code-suffix] &display=$file[display]
        }
      }
    }
  }
}
