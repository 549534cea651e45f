//! Writes diagnostics for programs: one JSON object per line.

use std::borrow::Cow;

use super::Diagnostic;
use super::Label;
use super::Severity;
use super::printable::printable_json;
use super::source::SourceKind;

/// Writes each diagnostic as one line of JSON:
///
/// ```json
/// {"severity":"error","code":"…","message":"…","labels":[…],"help":["…"]}
/// ```
///
/// `severity` is `error`, `warning` or `info`; `code` is the stable name of the rule. A label has `kind` (`file`, `flag` or
/// `rendered`), `source` (a path, the flag's name, or the template's path), `line`, `column`, `endLine`, `endColumn` (from
/// 1, columns in characters, the end exclusive), `excerpt` (the marked text, cut to 200 characters, with secrets masked)
/// and `text` (the label's message). In a flag, lines and columns refer to its argument.
///
/// ```
/// use mim_chart::diagnostic::{Diagnostic, Source, write_json};
///
/// let flag = Source::flag("--set", "replicaCount=abc");
/// let error = Diagnostic::error("schema", "got string").at(flag.span(13..16), "set here").help("give a number");
/// assert_eq!(
///     write_json(&[error]),
///     concat!(
///         r#"{"severity":"error","code":"schema","message":"got string","labels":[{"kind":"flag","source":"--set","line":1,"#,
///         r#""column":14,"endLine":1,"endColumn":17,"excerpt":"abc","text":"set here"}],"help":["give a number"]}"#,
///         "\n"
///     )
/// );
/// ```
pub fn write_json(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for Diagnostic { code, severity, message, labels, help, .. } in diagnostics {
        let severity = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        out.push_str("{\"severity\":");
        push_string(&mut out, severity);
        out.push_str(",\"code\":");
        push_string(&mut out, code);
        out.push_str(",\"message\":");
        push_string(&mut out, message);
        out.push_str(",\"labels\":[");
        push_separated(&mut out, labels.iter(), push_label);
        out.push_str("],\"help\":[");
        push_separated(&mut out, help.iter(), |out, text| push_string(out, text));
        out.push_str("]}\n");
    }
    match printable_json(&out) {
        Cow::Borrowed(_) => out,
        Cow::Owned(escaped) => escaped,
    }
}

fn push_separated<T>(out: &mut String, items: impl Iterator<Item = T>, push: impl Fn(&mut String, T)) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, item);
    }
}

fn push_label(out: &mut String, Label { span, text }: &Label) {
    const MAX_EXCERPT_LENGTH: usize = 200;
    let Some(source) = span.source() else { return out.push_str("{}") };
    let kind = match source.kind() {
        SourceKind::File => "file",
        SourceKind::Flag => "flag",
        SourceKind::Rendered => "rendered",
    };
    let (start, end) = (source.position(span.start()), source.position(span.range().end));
    let excerpt: String = span.shown().chars().take(MAX_EXCERPT_LENGTH).collect();
    out.push_str("{\"kind\":");
    push_string(out, kind);
    out.push_str(",\"source\":");
    push_string(out, source.name());
    for (name, number) in
        [("line", start.line), ("column", start.column), ("endLine", end.line), ("endColumn", end.column)]
    {
        out.push_str(&format!(",\"{name}\":{number}"));
    }
    out.push_str(",\"excerpt\":");
    push_string(out, &excerpt);
    out.push_str(",\"text\":");
    push_string(out, text);
    out.push('}');
}

/// Writes a JSON string (RFC 8259, section 7).
fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::Source;

    proptest! {
        #[test]
        fn every_line_is_json_with_the_same_content(message in any::<String>(), text in any::<String>(), at in 0usize..20) {
            let source = Source::file("v.yaml", text.as_str());
            let error = Diagnostic::error("schema", message.as_str()).at(source.span(at..at + 3), text.as_str()).help(text.as_str());
            let written = write_json(&[error.clone(), error]);
            prop_assert_eq!(written.lines().count(), 2);
            for line in written.lines() {
                let read: serde_json::Value = serde_json::from_str(line).unwrap();
                prop_assert_eq!(read["message"].as_str(), Some(message.as_str()));
                prop_assert_eq!(read["help"][0].as_str(), Some(text.as_str()));
                prop_assert!(read["labels"][0]["line"].as_u64().is_some());
            }
        }
    }
}
