//! Splits a file into documents, as Kubernetes' YAML-or-JSON decoder does, and reads the head of each:
//! API version, kind and metadata.
//!
//! A text that begins with `{` is read as a stream of JSON values until one fails to parse; the rest is then read as YAML.

use std::ops::Range;
use std::vec::IntoIter;

use serde::Deserialize;

use super::fields::field;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::json;
use crate::yaml::{Node, Value, decode, read_document_at, split_documents};

/// The number of bytes in which the decoder looks for the `{` of JSON.
const LOOKED_AT: usize = 4096;

/// The fields of a document that lint reads. The type names are Helm's, because its messages show them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "k8sYamlStruct", default)]
pub(super) struct Head {
    #[serde(rename = "apiVersion")]
    pub(super) api_version: String,
    #[serde(rename = "Kind")]
    pub(super) kind: String,
    #[serde(rename = "Metadata")]
    pub(super) metadata: HeadMetadata,
}

/// The metadata fields that lint reads.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "k8sYamlMetadata", default)]
pub(super) struct HeadMetadata {
    /// Not used, but it must be a string.
    #[serde(rename = "Namespace")]
    _namespace: String,
    #[serde(rename = "Name")]
    pub(super) name: String,
}

/// A document that is not null.
pub(super) struct Document {
    pub(super) head: Head,
    node: Node,
}

impl Document {
    /// Returns the place of a field, or of the whole document if it does not have the field.
    pub(super) fn place(&self, name: &str) -> Span {
        let found = self.node.value.as_map().and_then(|map| field(map, name));
        found.unwrap_or(&self.node).span.clone()
    }

    /// Returns the place of the name, or of the whole document if it does not have one.
    pub(super) fn place_of_name(&self) -> Span {
        let metadata = self.node.value.as_map().and_then(|map| field(map, "metadata"));
        let name = metadata.and_then(|metadata| field(metadata.value.as_map()?, "name"));
        name.unwrap_or(&self.node).span.clone()
    }
}

/// Iterates over the documents of a text, with `None` for null documents. Iteration ends after an error.
pub(super) struct Documents<'s> {
    source: &'s Source,
    mode: Mode,
    /// Why the text could not be read as JSON. It replaces the error of the YAML that follows.
    json_error: Option<Diagnostic>,
}

enum Mode {
    /// The text from byte `at` on is read as JSON, after `count` JSON documents.
    Json {
        at: usize,
        count: usize,
    },
    /// The remaining documents, and the error after the last of them.
    Yaml(IntoIter<Result<Range<usize>, Diagnostic>>),
    Ended,
}

impl<'s> Documents<'s> {
    pub(super) fn new(source: &'s Source) -> Documents<'s> {
        let text = source.text();
        let start = text.len() - text.trim_start().len();
        let is_json = start < LOOKED_AT && text[start..].starts_with('{');
        let mode = if is_json { Mode::Json { at: 0, count: 0 } } else { yaml_from(source, 0) };
        Documents { source, mode, json_error: None }
    }

    /// Reads the next JSON value, or switches to YAML if it fails to parse.
    fn json(&mut self, at: usize, count: usize) -> Option<Result<Option<Document>, Diagnostic>> {
        let error = match json::read_prefix(self.source, at) {
            Err(error) if error.message == "EOF" => {
                self.mode = Mode::Ended;
                return None;
            }
            Err(error) => error,
            Ok((node, end)) => match json_document(node) {
                Ok(document) => {
                    self.mode = Mode::Json { at: end, count: count + 1 };
                    return Some(Ok(document));
                }
                Err(error) => error,
            },
        };
        if count > 1 {
            self.mode = Mode::Ended;
            return Some(Err(error));
        }
        self.json_error = Some(with_offset(error));
        let rest = &self.source.text()[at..];
        let blank = rest.len() - rest.trim_start().len();
        let skipped = rest[..blank].find('\n').map_or(blank, |end| end + 1);
        self.mode = yaml_from(self.source, at + skipped);
        self.next()
    }

    fn read_part(&self, part: Range<usize>) -> Result<Option<Document>, Diagnostic> {
        let node = read_document_at(self.source, part)?;
        let framed = |error: Diagnostic| Diagnostic {
            message: format!("error unmarshaling JSON: while decoding JSON: {}", error.message),
            ..error
        };
        document(node).map_err(framed)
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Option<Document>, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = match &mut self.mode {
            Mode::Ended => return None,
            &mut Mode::Json { at, count } => return self.json(at, count),
            Mode::Yaml(parts) => match parts.next()? {
                Ok(part) => self.read_part(part),
                Err(bad_separator) => Err(bad_separator),
            },
        };
        if result.is_err() {
            self.mode = Mode::Ended;
        }
        Some(result.map_err(|error| self.json_error.take().unwrap_or(error)))
    }
}

fn yaml_from(source: &Source, start: usize) -> Mode {
    let (parts, bad_separator) = split_documents(source, start);
    let parts: Vec<_> = parts.into_iter().map(Ok).chain(bad_separator.map(Err)).collect();
    Mode::Yaml(parts.into_iter())
}

fn document(node: Node) -> Result<Option<Document>, Diagnostic> {
    if node.value.is_null() {
        return Ok(None);
    }
    match decode::from_node::<Head>(&node) {
        Ok(head) => Ok(Some(Document { head, node })),
        Err(error) => {
            // Go's message has the type with its package.
            let message = error.message.replace("of type k8sYaml", "of type rules.k8sYaml");
            Err(Diagnostic::error("manifest", message).at(error.span, ""))
        }
    }
}

/// In JSON, unlike in YAML, numbers and booleans are not converted to strings.
fn json_document(node: Node) -> Result<Option<Document>, Diagnostic> {
    let top = node.value.as_map();
    let metadata = top.and_then(|map| field(map, "metadata")).and_then(|metadata| metadata.value.as_map());
    let texts = [
        (top, "apiVersion", "k8sYamlStruct.apiVersion"),
        (top, "kind", "k8sYamlStruct.Kind"),
        (metadata, "name", "k8sYamlMetadata.Metadata.Name"),
        (metadata, "namespace", "k8sYamlMetadata.Metadata.Namespace"),
    ];
    for (map, name, go_name) in texts {
        if let Some(node @ Node { value: Value::Bool(_) | Value::Float(_), .. }) = map.and_then(|map| field(map, name))
        {
            let found = node.value.type_name();
            let message = format!("json: cannot unmarshal {found} into Go struct field {go_name} of type string");
            return Err(Diagnostic::error("manifest", message).at(node.span.clone(), ""));
        }
    }
    document(node)
}

/// Adds the byte offset to a JSON syntax error.
fn with_offset(error: Diagnostic) -> Diagnostic {
    let at = error.labels.first().map(|label| label.span.start());
    match at {
        Some(at) if error.code == "json-syntax" && error.message != "unexpected EOF" => {
            Diagnostic { message: format!("json: offset {}: {}", at + 1, error.message), ..error }
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(text: &str) -> Vec<Result<String, String>> {
        let source = Source::rendered("x", text);
        let kind = |document: Result<Option<Document>, Diagnostic>| match document {
            Ok(document) => Ok(document.map_or("null".to_owned(), |document| document.head.kind)),
            Err(error) => Err(error.message),
        };
        Documents::new(&source).map(kind).collect()
    }

    #[test]
    fn json_documents_are_followed_by_yaml() {
        let ok = |kind: &str| Ok(kind.to_owned());
        assert_eq!(kinds("{\"kind\": \"A\"}\n---\nkind: B\n---\n"), [ok("A"), ok("B")]);
        assert_eq!(kinds("{kind: A}\n---\n# nothing\n"), [ok("A"), ok("null")]);
        assert_eq!(kinds("kind: A\n---\n{\"kind\": \"B\"}"), [ok("A"), ok("B")]);
        assert_eq!(kinds("---x\n"), [Err("invalid Yaml document separator: x".to_owned())]);
    }

    proptest! {
        #[test]
        fn every_text_ends(text in r#"[-{}":,\nkind 1#\[]{0,60}"#) {
            prop_assert!(kinds(&text).len() <= text.len());
        }
    }
}
