# Completion of mim-chart in PowerShell: the program says what is offered.
Register-ArgumentCompleter -Native -CommandName 'mim-chart', 'mim-chart.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $value = { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } }
    $elements = @($commandAst.CommandElements | Select-Object -Skip 1)
    $words = @($elements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object $value)
    $after = @($elements | Where-Object { $_.Extent.StartOffset -ge $cursorPosition } | ForEach-Object $value)
    # The word up to the cursor. Older versions can't pass an empty one.
    $last = $commandAst.CommandElements | Where-Object {
        $_.Extent.StartOffset -lt $cursorPosition -and $_.Extent.EndOffset -ge $cursorPosition } | Select-Object -Last 1
    $word = ''
    if ($last) { $word = $last.Extent.Text.Substring(0, $cursorPosition - $last.Extent.StartOffset).TrimStart('"', "'") }
    $answer = @(& 'mim-chart' __complete "--after=$($after.Count)" @words $(if ($word) { $word } else { '""' }) @after 2>$null)
    if ($answer.Count -eq 0 -or $answer[-1] -notmatch '^:(\d+)$') { return }
    $directive = [int]$Matches[1]
    $kept = $word.Substring(0, [Math]::Min($directive -shr 8, $word.Length))
    $found = @($answer | Select-Object -SkipLast 1 | ForEach-Object {
        $text, $description = $_ -split "`t", 2
        $shown = if ($description) { $description } else { $text }
        $quoted = if ("$kept$text" -match '[\s''"$`;,|&(){}@#<>]') { "'" + "$kept$text".Replace("'", "''") + "'" } else { "$kept$text" }
        [System.Management.Automation.CompletionResult]::new($quoted, $text, 'ParameterValue', $shown)
    })
    if (-not ($directive -band 4)) {
        $path = $word.Substring($kept.Length)
        $found += @([System.Management.Automation.CompletionCompleters]::CompleteFilename($path) | Where-Object {
            ($_.ResultType -eq 'ProviderContainer') -or -not ($directive -band 80) -or
                (($directive -band 64) -and ($_.ListItemText -match '\.(tgz|tar\.gz)$')) } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new("$kept$($_.CompletionText)", $_.ListItemText, $_.ResultType, $_.ToolTip)
        })
    }
    # Nothing at all would make PowerShell complete files.
    if ($found.Count -eq 0) { '' } else { $found }
}
