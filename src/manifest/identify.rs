//! Reads the head of a document, the only part that Helm parses to sort manifests: API version, kind, name and annotations.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source, Span};
use crate::go;
use crate::kubernetes::Id;
use crate::yaml::{self, Map, RepeatedKey, Value};

/// The head of a document: its identity and its annotations.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) id: Id,
    pub(super) annotations: Vec<(String, String)>,
    /// Keys that occur twice in a map, anywhere in the document.
    pub(super) repeated: Vec<RepeatedKey>,
}

/// Reads the head of the document in `range`, leniently: missing fields are empty, scalars become text.
///
/// # Errors
/// Helm's message if the document is not YAML or not a map, or if a field of the head has the wrong type.
pub(super) fn read_head(source: &Source, range: Range<usize>) -> Result<Head, Diagnostic> {
    // The fast path only checks that the rest of the document is valid. If it is not, the whole document is read to find the
    // place of the error.
    let entries = yaml::entries_of(&source.text()[range.clone()], &["apiVersion", "kind", "metadata"]);
    let head = entries.and_then(|(entries, may_repeat_keys)| {
        let entries = Source::rendered("", entries);
        let head = whole_head(&entries, entries.whole().range()).ok()?;
        let repeated = if may_repeat_keys { yaml::repeated_keys(source, range.clone()) } else { Vec::new() };
        Some(Head { repeated, ..head })
    });
    head.map_or_else(|| whole_head(source, range), Ok)
}

fn whole_head(source: &Source, range: Range<usize>) -> Result<Head, Diagnostic> {
    let mut head = Head::default();
    let node = yaml::read_document_at_noting(source, range, &mut head.repeated)?;
    let map = match &node.value {
        Value::Null => return Ok(head),
        Value::Map(map) => map,
        other => return Err(wrong_type(other, "Go value of type util.SimpleHead", &node.span)),
    };
    head.id.api_version = text(map, "apiVersion", "SimpleHead.apiVersion")?;
    head.id.kind = text(map, "kind", "SimpleHead.kind")?;
    let Some(metadata) = map.get("metadata") else { return Ok(head) };
    let fields = match &metadata.value {
        Value::Null => return Ok(head),
        Value::Map(fields) => fields,
        other => {
            let wanted = "Go struct field SimpleHead.metadata of type struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }";
            return Err(wrong_type(other, wanted, &metadata.span));
        }
    };
    head.id.name = text(fields, "name", ".metadata.name")?;
    // Helm does not read the namespace, so one of the wrong type is no error here.
    head.id.namespace = text(fields, "namespace", ".metadata.namespace").unwrap_or_default();
    if let Some(annotations) = fields.get("annotations") {
        head.annotations = match &annotations.value {
            Value::Null => Vec::new(),
            Value::Map(map) => map
                .iter()
                .map(|(key, _)| Ok((key.to_owned(), text(map, key, ".metadata.annotations")?)))
                .collect::<Result<_, Diagnostic>>()?,
            other => {
                let wanted = "Go struct field .metadata.annotations of type map[string]string";
                return Err(wrong_type(other, wanted, &annotations.span));
            }
        };
    }
    Ok(head)
}

/// Returns a field as text. Numbers and booleans become text as in Helm's conversion from YAML.
fn text(map: &Map, key: &str, field: &str) -> Result<String, Diagnostic> {
    let Some(node) = map.get(key) else { return Ok(String::new()) };
    match &node.value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Int(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(go::float::format_json_float(*number)),
        other => Err(wrong_type(other, &format!("Go struct field {field} of type string"), &node.span)),
    }
}

fn wrong_type(value: &Value, wanted: &str, span: &Span) -> Diagnostic {
    let got = value.type_name();
    let message = format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {got} into {wanted}");
    Diagnostic::error("manifest", message).at(span.clone(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_read_as_a_name_is() {
        let namespace = |written: &str| {
            let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a, namespace: {written}}}\n");
            let source = Source::file("a.yaml", text);
            read_head(&source, source.whole().range()).map(|head| head.id.namespace).map_err(|error| error.message)
        };
        assert_eq!(["b", "12", "true", "~", "[a]"].map(|text| namespace(text).unwrap()), ["b", "12", "true", "", ""]);
    }
}
