//! Finds annotations inside the objects of a `List`, which Helm ignores.

use super::fields::field;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::yaml::{self, Node, Value};

const ANNOTATION: &str = "helm.sh/resource-policy";

/// Returns the place of a `helm.sh/resource-policy` annotation on an item of a list. As in Helm, only the first document of the
/// file is checked, whichever document is the list.
///
/// # Errors
/// Helm's message about items of the wrong type.
pub(super) fn ignored_annotation(source: &Source) -> Result<Option<Span>, Diagnostic> {
    let document = yaml::read_document(source)?;
    let Some(items) = document.value.as_map().and_then(|map| field(map, "items")) else { return Ok(None) };
    let items = match &items.value {
        Value::List(list) => list,
        Value::Null => return Ok(None),
        _ => return Err(mismatch(items, ".Items", &format!("[]{ITEM}"))),
    };
    let mut found = None;
    for item in items {
        for (key, text) in annotations(item)? {
            if key == ANNOTATION {
                found.get_or_insert_with(|| text.span.clone());
            }
        }
    }
    Ok(found)
}

const ITEM: &str = "struct { Metadata struct { Annotations map[string]string } }";

fn annotations(item: &Node) -> Result<Vec<(&str, &Node)>, Diagnostic> {
    let Some(item) = map(item, ".Items", ITEM)? else { return Ok(Vec::new()) };
    let Some(metadata) = field(item, "metadata") else { return Ok(Vec::new()) };
    let wanted = "struct { Annotations map[string]string }";
    let Some(metadata) = map(metadata, ".Items.Metadata", wanted)? else { return Ok(Vec::new()) };
    let Some(annotations) = field(metadata, "annotations") else { return Ok(Vec::new()) };
    let name = ".Items.Metadata.Annotations";
    let Some(annotations) = map(annotations, name, "map[string]string")? else { return Ok(Vec::new()) };
    match annotations.iter().find(|(_, text)| matches!(text.value, Value::List(_) | Value::Map(_))) {
        Some((_, text)) => Err(mismatch(text, name, "string")),
        None => Ok(annotations.iter().collect()),
    }
}

fn map<'n>(node: &'n Node, name: &str, wanted: &str) -> Result<Option<&'n yaml::Map>, Diagnostic> {
    match &node.value {
        Value::Map(map) => Ok(Some(map)),
        Value::Null => Ok(None),
        _ => Err(mismatch(node, name, wanted)),
    }
}

fn mismatch(node: &Node, name: &str, wanted: &str) -> Diagnostic {
    let found = node.value.type_name();
    let message = format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go struct field {name} of type {wanted}"
    );
    Diagnostic::error("manifest", message).at(node.span.clone(), "")
}
