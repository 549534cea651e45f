//! Several objects where YAML has one document, as kubectl reads them (k8s.io/apimachinery, `YAMLOrJSONDecoder`).

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source};
use crate::json;

/// JSON objects one after the other at the start of a text.
pub(super) struct Sequence {
    /// Where each of them is.
    pub(super) objects: Vec<Range<usize>>,
    /// Where what follows them begins, which is read as YAML.
    pub(super) rest: usize,
    /// What is wrong with what follows them.
    pub(super) refused: Option<Diagnostic>,
}

/// The JSON objects with which a text begins; `None` if there are no two of them side by side. kubectl takes a text that begins with
/// one for YAML as soon as something else follows it, and one that begins with several for nothing but JSON.
pub(super) fn sequence(source: &Source) -> Option<Sequence> {
    let text = source.text();
    let after_space = |at: usize| text.len() - text[at..].trim_start_matches([' ', '\t', '\n', '\r']).len();
    let is_object = |at: usize| text[at..].starts_with('{');
    let start = after_space(0);
    // Most files in JSON are one object: where it ends is seen without reading it.
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
        let message = "after JSON objects without `---` between them there can only be further JSON objects";
        let error = Diagnostic::error("manifest", message).at(source.span(found.rest..end), "kubectl refuses this");
        found.refused = Some(error.help("put a line `---` between all objects"));
    }
    (!found.objects.is_empty()).then_some(found)
}

/// Where an object ends that begins with a brace; `None` if it does not end.
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

/// What follows the first object of a document, a map that is at `object`; `None` if it is nothing but comments. kubectl ignores it.
pub(super) fn ignored(source: &Source, document: Range<usize>, object: Range<usize>) -> Option<Diagnostic> {
    let text = source.text();
    let mut at = object.end;
    let mut lines = text[at..document.end].split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len(), line.trim_end())
    });
    let is_end =
        |line: &str| line.strip_prefix("...").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    // A map in block style goes on to the end of the document, unless a line `...` ends it before.
    if !text[object.clone()].starts_with('{') {
        lines.by_ref().find(|(start, line)| text[..*start].ends_with('\n') && is_end(line))?;
    }
    let says_nothing = |line: &str| line.is_empty() || line.starts_with('#') || is_end(line);
    let (start, _) = lines.find(|(_, line)| !says_nothing(line.trim_start()))?;
    let error = Diagnostic::error("manifest", "kubectl ignores what follows the first object of this document");
    // Nothing is known of what follows: it may be a Secret, whose line is not to be shown.
    let last = source.span(object.end.saturating_sub(1)..object.end);
    let error = if start > object.end { error.at(last, "it ends here") } else { error };
    Some(error.help("put a line `---` between objects"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: &str = r#"{"kind": "P", "a": "}\"{"}"#;
    const Q: &str = r#"{"kind": "Q"}"#;

    /// The objects of a text, what is read as YAML after them, and what is wrong.
    fn read(text: &str) -> Option<(Vec<&str>, &str, String)> {
        let found = sequence(&Source::file("m.json", text))?;
        let objects = found.objects.into_iter().map(|range| &text[range]).collect();
        Some((objects, &text[found.rest..], found.refused.map(|error| error.message).unwrap_or_default()))
    }

    #[test]
    fn objects_stand_side_by_side_in_json_only() {
        let of = |parts: &[&str]| parts.concat();
        for text in [
            of(&[P]),
            of(&[P, "\n---\n", Q]),
            of(&["---\n", P, Q]),
            of(&["# a\n", P, Q]),
            of(&[P, "\n# a"]),
            of(&["{kind: A}{kind: B}"]),
        ] {
            assert_eq!(read(&text), None, "{text}");
        }
        let both = || (vec![P, Q], "", String::new());
        assert_eq!(read(&of(&[P, Q])), Some(both()));
        assert_eq!(read(&of(&[" \n", P, "\r\n\t", Q, "\n"])), Some(both()));
        assert_eq!(read(&of(&[P, "\n{kind: B}"])), Some((vec![P], "{kind: B}", String::new())));
        assert_eq!(read(&of(&[P, Q, "\n{"])), Some((vec![P, Q], "", "unexpected EOF".to_owned())));
        let mixed = "after JSON objects without `---` between them there can only be further JSON objects".to_owned();
        assert_eq!(read(&of(&[P, Q, "\n---\n", Q])), Some((vec![P, Q], "---\n{\"kind\": \"Q\"}", mixed)));
    }
}
