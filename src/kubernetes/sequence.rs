//! Several objects in a single YAML document, as kubectl reads them (k8s.io/apimachinery, `YAMLOrJSONDecoder`).

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source};
use crate::json;

/// Consecutive JSON objects at the start of some input.
pub(super) struct Sequence {
    /// The ranges of the objects.
    pub(super) objects: Vec<Range<usize>>,
    /// The offset of the rest, which is read as YAML.
    pub(super) rest: usize,
    /// The error in the rest, if any.
    pub(super) refused: Option<Diagnostic>,
}

/// Returns the JSON objects at the start of a source; `None` if there are not at least two. If it starts with one object,
/// kubectl reads it as YAML as soon as something else follows; if it starts with several, kubectl only accepts JSON.
pub(super) fn sequence(source: &Source) -> Option<Sequence> {
    let text = source.text();
    let after_space = |at: usize| text.len() - text[at..].trim_start_matches([' ', '\t', '\n', '\r']).len();
    let is_object = |at: usize| text[at..].starts_with('{');
    let start = after_space(0);
    // Most JSON files are a single object, whose end can be found without parsing it.
    if !is_object(start) || !is_object(after_space(end_of_object(text, start)?)) {
        return None;
    }
    let mut found = Sequence { objects: Vec::new(), rest: start, refused: None };
    while is_object(found.rest) {
        match json::read_prefix(source, found.rest) {
            Ok((_, end)) => {
                found.objects.push(found.rest..end);
                found.rest = after_space(end);
            }
            Err(error) if found.objects.len() > 1 => {
                found.refused = Some(error);
                found.rest = text.len();
                return Some(found);
            }
            Err(_) => break,
        }
    }
    if found.objects.len() > 1 && found.rest < text.len() {
        let end = text[found.rest..].find('\n').map_or(text.len(), |length| found.rest + length);
        let message = "JSON objects without `---` between them can only be followed by more JSON objects";
        let error = Diagnostic::error("manifest", message).at(source.span(found.rest..end), "kubectl rejects this");
        found.refused = Some(error.help("put a `---` line between all objects"));
    }
    (!found.objects.is_empty()).then_some(found)
}

/// Returns the end of the object that starts at a brace; `None` if it is not closed.
fn end_of_object(text: &str, start: usize) -> Option<usize> {
    let (mut depth, mut in_string) = (0_usize, false);
    let mut bytes = text.bytes().enumerate().skip(start);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if in_string => drop(bytes.next()),
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string && depth == 1 => return Some(at + 1),
            b'}' if !in_string => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns an error if something other than comments follows the first object of a document, a map at `object`. kubectl ignores
/// it.
pub(super) fn ignored(source: &Source, document: Range<usize>, object: Range<usize>) -> Option<Diagnostic> {
    let text = source.text();
    let mut at = object.end;
    let mut lines = text[at..document.end].split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len(), line.trim_end())
    });
    let is_end =
        |line: &str| line.strip_prefix("...").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    // A block map extends to the end of the document, unless a line `...` ends it earlier.
    if !text[object.clone()].starts_with('{') {
        lines.by_ref().find(|(start, line)| text[..*start].ends_with('\n') && is_end(line))?;
    }
    let says_nothing = |line: &str| line.is_empty() || line.starts_with('#') || is_end(line);
    let (start, _) = lines.find(|(_, line)| !says_nothing(line.trim_start()))?;
    let error = Diagnostic::error("manifest", "kubectl ignores everything after the first object of this document");
    // The rest may be a Secret, so its lines are not shown.
    let last = source.span(object.end.saturating_sub(1)..object.end);
    let error = if start > object.end { error.at(last, "the object ends here") } else { error };
    Some(error.help("put a `---` line between objects"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: &str = r#"{"kind": "P", "a": "}\"{"}"#;
    const Q: &str = r#"{"kind": "Q"}"#;

    /// Returns the objects of some input, the rest that is read as YAML, and the error.
    fn read(text: &str) -> Option<(Vec<&str>, &str, String)> {
        let found = sequence(&Source::file("m.json", text))?;
        let objects = found.objects.into_iter().map(|range| &text[range]).collect();
        Some((objects, &text[found.rest..], found.refused.map(|error| error.message).unwrap_or_default()))
    }

    #[test]
    fn only_json_objects_may_follow_each_other() {
        let joined = |parts: &[&str]| parts.concat();
        for text in [
            joined(&[P]),
            joined(&[P, "\n---\n", Q]),
            joined(&["---\n", P, Q]),
            joined(&["# a\n", P, Q]),
            joined(&[P, "\n# a"]),
            joined(&["{kind: A}{kind: B}"]),
        ] {
            assert_eq!(read(&text), None, "{text}");
        }
        let both = || (vec![P, Q], "", String::new());
        assert_eq!(read(&joined(&[P, Q])), Some(both()));
        assert_eq!(read(&joined(&[" \n", P, "\r\n\t", Q, "\n"])), Some(both()));
        assert_eq!(read(&joined(&[P, "\n{kind: B}"])), Some((vec![P], "{kind: B}", String::new())));
        assert_eq!(read(&joined(&[P, Q, "\n{"])), Some((vec![P, Q], "", "unexpected EOF".to_owned())));
        let mixed = "JSON objects without `---` between them can only be followed by more JSON objects".to_owned();
        assert_eq!(read(&joined(&[P, Q, "\n---\n", Q])), Some((vec![P, Q], "---\n{\"kind\": \"Q\"}", mixed)));
    }
}
