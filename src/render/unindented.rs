//! Explains documents that `toYaml` broke because its lines were not indented.

use crate::diagnostic::{Diagnostic, Label, Position, Source, Span};

/// How many lines above the error may have caused it.
const LINES_ABOVE: usize = 3;

/// Points at a template line that inserts several lines of YAML where only the first is indented, if there is one at the error
/// or just above it.
pub(super) fn add_help(error: &mut Diagnostic) {
    let Some(place) = error.labels.first().map(|label| &label.span) else { return };
    let (Some(source), Some(Position { line, .. })) = (place.source(), place.position()) else { return };
    let lines = (line.saturating_sub(LINES_ABOVE).max(1)..=line).rev();
    let Some((span, help)) = lines.filter_map(|line| unindented(source, line)).next() else { return };
    error.help = vec![help];
    if span == *place {
        return;
    }
    error.labels.push(Label { span, text: "only the first line of this is indented".to_owned() });
}

/// Finds an indented `toYaml` action on a line, and returns its place and how to write it.
fn unindented(source: &Source, line: usize) -> Option<(Span, String)> {
    let range = source.line_range(line);
    let text = &source.text()[range.clone()];
    let start = text.find("{{")?;
    let end = start + text[start..].find("}}")? + 2;
    let action = text[start + 2..end - 2].trim_matches('-').trim();
    if !action.contains("toYaml") || action.contains("indent") || text[..start].is_empty() {
        return None;
    }
    let own_indent = text.len() - text.trim_start().len();
    let is_alone = text[..start].trim().is_empty();
    let width = if is_alone { own_indent } else { own_indent + 2 };
    let indent = range.start + own_indent;
    let span = source.span(indent..range.start + text.trim_end().len());
    Some((span, format!("indent all lines that toYaml returns: `{{{{- {action} | nindent {width} }}}}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(text: &str) -> Option<String> {
        unindented(&Source::file("a.yaml", text), 1).map(|(_, help)| help)
    }

    #[test]
    fn missing_indentation_is_found_and_corrected() {
        let written = help("    {{ toYaml .Values.a }}\n").unwrap();
        assert!(written.ends_with("`{{- toYaml .Values.a | nindent 4 }}`"), "{written}");
        let written = help("  a: {{- .Values.a | toYaml -}}\n").unwrap();
        assert!(written.ends_with("`{{- .Values.a | toYaml | nindent 4 }}`"), "{written}");
    }

    #[test]
    fn correct_indentation_is_not_reported() {
        for text in
            ["  {{- toYaml .a | nindent 4 }}", "{{ toYaml .a }}", "  a: {{ .Values.toy }}", "  a: b", "  {{ toYaml"]
        {
            assert_eq!(help(text), None, "{text}");
        }
    }
}
