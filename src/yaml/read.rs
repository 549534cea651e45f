//! Parses values files and documents into values: splits a file into documents, reads each, and merges them.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source};

use super::construct::{construct, construct_strictly, construct_with_repeated};
use super::fault::explain;
use super::node::Map;
use super::node::Node;
use super::node::Value;
use super::plain::read_plain;
use super::repeated::{RepeatedEntry, RepeatedKey};
use super::skim::entries_of;
use super::syntax::Document;

/// Reads a values file as Helm does: decodes its documents, which are separated by lines that begin with `---`, one by one
/// and merges them deeply in order, later ones over earlier ones. `null` is an ordinary value here. A file without
/// documents, or with only empty or null ones, results in an empty map.
///
/// The messages are Helm's, without the part that names the file; errors in several documents are reported together.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::yaml::{Value, read_values};
///
/// let values = read_values(&Source::file("values.yaml", "a: {b: yes}\n---\na: {c: 0x10}\n")).unwrap();
/// assert_eq!(values.at(["a", "b"]).unwrap().value, Value::Bool(true));
/// assert_eq!(values.at(["a", "c"]).unwrap().value, Value::Float(16.0));
/// assert_eq!(values.at(["a", "c"]).unwrap().span.to_string(), "values.yaml:3:8");
///
/// let errors = read_values(&Source::file("values.yaml", "a: b: c\n")).unwrap_err();
/// assert_eq!(
///     errors[0].message,
///     "cannot unmarshal yaml document: error converting YAML to JSON: \
///      yaml: line 1: mapping values are not allowed in this context"
/// );
/// ```
///
/// # Errors
/// One diagnostic for each document that is not YAML, does not convert to JSON, or is not a map.
pub fn read_values(source: &Source) -> Result<Map, Vec<Diagnostic>> {
    read_values_noting(source, &mut Vec::new())
}

/// Like [`read_values`], but also adds repeated keys to `repeated`.
///
/// # Errors
/// As for [`read_values`].
pub fn read_values_noting(source: &Source, repeated: &mut Vec<RepeatedKey>) -> Result<Map, Vec<Diagnostic>> {
    let (documents, bad_separator) = split_documents(source, 0);
    let mut values = Map::new();
    let mut errors = Vec::new();
    for range in documents {
        match read_part(source, range, true, Some(repeated)).and_then(into_map) {
            Ok(document) if values.is_empty() => values = document,
            Ok(document) => values.merge(document),
            Err(mut error) => {
                error.message.insert_str(0, "cannot unmarshal yaml document: ");
                errors.push(error);
            }
        }
    }
    errors.extend(bad_separator.map(|mut error| {
        error.message.insert_str(0, "error reading yaml document: ");
        error
    }));
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

/// Reads the first document of a text, which may be of any type; an empty text is null. The rest of the text is ignored, as
/// in the `Unmarshal` of sigs.k8s.io/yaml, with which Helm reads Chart.yaml and the argument of `fromYaml`.
///
/// # Errors
/// go-yaml's first syntax error, or the first value that does not convert to JSON.
pub fn read_document(source: &Source) -> Result<Node, Diagnostic> {
    read_part(source, 0..source.text().len(), false, None)
}

/// Like [`read_document`], but also adds repeated keys to `repeated`.
///
/// # Errors
/// As for [`read_document`].
pub fn read_document_noting(source: &Source, repeated: &mut Vec<RepeatedKey>) -> Result<Node, Diagnostic> {
    read_part(source, 0..source.text().len(), false, Some(repeated))
}

/// Returns the repeated keys in the maps of a part of a text; none if the part is not valid YAML.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::yaml::repeated_keys;
///
/// let source = Source::file("a.yaml", "a: {b: 1, c: 2}\nd:\n- x: 1\n  y: &m {b: 1}\n  x: 2\n- {<<: *m, b: 2}\n");
/// let repeated = repeated_keys(&source, source.whole().range());
/// assert_eq!(repeated.len(), 1);
/// assert_eq!((repeated[0].first.to_string(), repeated[0].again.to_string()), ("a.yaml:3:3".into(), "a.yaml:5:3".into()));
/// ```
pub fn repeated_keys(source: &Source, range: Range<usize>) -> Vec<RepeatedKey> {
    let range = source.span(range).range();
    let mut repeated = Vec::new();
    if !matches!(entries_of(&source.text()[range.clone()], &[]), Some((_, false))) {
        // Errors are reported by the code that reads the text for its values.
        let _ = read_part(source, range, false, Some(&mut repeated));
    }
    repeated
}

/// Like [`read_document`], for text that a template rendered: a syntax error has the line number that go-yaml names, which
/// is not always where the error is.
///
/// # Errors
/// As for [`read_document`].
pub fn read_generated_document(source: &Source) -> Result<Node, Diagnostic> {
    if let Some((node, _)) = read_plain(source, 0, source.text()) {
        return Ok(node);
    }
    let document = Document::parse(source.text()).map_err(|fault| {
        Diagnostic::error("yaml-syntax", format!("error converting YAML to JSON: {}", fault.go_message()))
    })?;
    construct(document, source, 0)
}

/// Reads the first document of a text as strictly as `helm lint` reads Chart.yaml: a map must not repeat a key.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::yaml::read_document_strictly;
///
/// let error = read_document_strictly(&Source::file("Chart.yaml", "a: 1\nb: {c: 1,\n  c: 2}\na: 3\n")).unwrap_err();
/// assert_eq!(
///     error.message,
///     "error converting YAML to JSON: yaml: unmarshal errors:\n  \
///      line 3: key \"c\" already set in map\n  \
///      line 4: key \"a\" already set in map"
/// );
/// ```
///
/// # Errors
/// As for [`read_document`]; all repeated keys are reported in a single error, as in go-yaml.
pub fn read_document_strictly(source: &Source) -> Result<Node, Diagnostic> {
    let text = source.text();
    let document = Document::parse(text).map_err(|fault| explain(*fault, source, 0, text))?;
    let (node, duplicates) = construct_strictly(document, source)?;
    if duplicates.is_empty() {
        return Ok(node);
    }
    let mut error = Diagnostic::error("yaml-value", "error converting YAML to JSON: yaml: unmarshal errors:");
    for RepeatedEntry { key, span, .. } in duplicates {
        let line = span.position().map_or(1, |position| position.line);
        error.message.push_str(&format!("\n  line {line}: key {key} already set in map"));
        error = error.at(span, "");
    }
    Err(error)
}

/// Reads the first document of a part of a text, such as one manifest in a rendered file. Spans and line numbers refer to
/// the whole text. The range is clamped to the text and to character boundaries.
///
/// # Errors
/// As for [`read_document`].
pub fn read_document_at(source: &Source, range: Range<usize>) -> Result<Node, Diagnostic> {
    read_part(source, source.span(range).range(), false, None)
}

/// Like [`read_document_at`], but also adds repeated keys to `repeated`.
///
/// # Errors
/// As for [`read_document`].
pub fn read_document_at_noting(
    source: &Source,
    range: Range<usize>,
    repeated: &mut Vec<RepeatedKey>,
) -> Result<Node, Diagnostic> {
    read_part(source, source.span(range).range(), false, Some(repeated))
}

/// Reads a part of a text. `by_line` says whether Helm reads it line by line, which adds a missing line break at the end.
fn read_part(
    source: &Source,
    range: Range<usize>,
    by_line: bool,
    repeated: Option<&mut Vec<RepeatedKey>>,
) -> Result<Node, Diagnostic> {
    let text = &source.text()[range.clone()];
    let closed;
    let text = if by_line && !text.ends_with('\n') {
        closed = [text, "\n"].concat();
        &closed
    } else {
        text
    };
    // Only the full parser reports which keys are repeated.
    if let Some((node, repeats_keys)) = read_plain(source, range.start, text)
        && !(repeats_keys && repeated.is_some())
    {
        return Ok(node);
    }
    let document = if by_line { Document::parse_lines(text) } else { Document::parse(text) };
    let document = document.map_err(|fault| explain(*fault, source, range.start, text))?;
    let Some(repeated) = repeated else { return construct(document, source, range.start) };
    let (node, duplicates) = construct_with_repeated(&document, source, range.start)?;
    repeated.extend(duplicates.into_iter().map(|duplicate| duplicate.places));
    Ok(node)
}

/// Splits a text from `start` on into documents as Kubernetes does. Also returns the error in the separator after
/// the last of them, if there is one. Lines are split before the YAML is parsed, so `---` ends a document even
/// inside a block scalar.
pub fn split_documents(source: &Source, start: usize) -> (Vec<Range<usize>>, Option<Diagnostic>) {
    let text = source.text();
    let mut documents = Vec::new();
    let mut start = start;
    let mut at = start;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        if let Some(rest) = text[at..end].strip_prefix("---") {
            let trimmed = rest.trim();
            if !trimmed.is_empty() && !trimmed.starts_with('#') {
                let message = format!("invalid Yaml document separator: {trimmed}");
                let begin = at + 3 + (rest.len() - rest.trim_start().len());
                let error = Diagnostic::error("yaml-syntax", message)
                    .at(source.span(begin..begin + trimmed.len()), "only a comment can follow '---' here")
                    .help("start the document on the line after '---'");
                return (documents, Some(error));
            }
            // The first separator stays in the document, for the YAML parser.
            if start < at {
                documents.push(start..at);
                start = end;
            }
        }
        at = end;
    }
    if start < text.len() {
        documents.push(start..text.len());
    }
    (documents, None)
}

fn into_map(node: Node) -> Result<Map, Diagnostic> {
    match node.value {
        Value::Map(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        value => {
            let found = value.type_name();
            let message = format!(
                "error unmarshaling JSON: while decoding JSON: \
                 json: cannot unmarshal {found} into Go value of type map[string]interface {{}}"
            );
            let text = node.span.text();
            let help = match text.split_once(':') {
                Some((key, rest)) if found == "string" && !text.contains(['"', '\n']) => {
                    format!("put a space after the colon: `{key}: {rest}`")
                }
                _ => "a values file contains `key: value` pairs at its top level".to_owned(),
            };
            Err(Diagnostic::error("yaml-value", message)
                .at(node.span, format!("this is {}", indefinite(found)))
                .help(help))
        }
    }
}

fn indefinite(type_name: &str) -> &'static str {
    match type_name {
        "array" => "a list",
        "string" => "a string",
        "number" => "a number",
        _ => "a boolean",
    }
}
