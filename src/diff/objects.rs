//! The objects of one side of a comparison.

use std::borrow::Cow;
use std::ops::Range;

use super::live;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::manifest::{Id, Manifest, split_documents};
use crate::yaml::{self, Map, Node, Value};

/// A Kubernetes object of one side. Its fields are read when they are asked for, so that a long stream of manifests takes
/// little more room than its text.
#[derive(Debug, Clone)]
pub struct Object {
    /// What it calls itself.
    pub id: Id,
    /// Where it comes from: a template's path, or a file.
    pub origin: String,
    /// The document that holds it.
    pub span: Span,
    /// The object, where it is not the whole document: an item of a list, or what was put together anew.
    node: Option<Node>,
    /// Whether it was read from a cluster: it has fields that nobody wrote.
    pub is_live: bool,
}

impl Object {
    /// An object that a template gave.
    pub fn of_manifest(manifest: &Manifest) -> Object {
        Object {
            id: manifest.id.clone(),
            origin: manifest.path.clone(),
            span: manifest.span.clone(),
            node: None,
            is_live: false,
        }
    }

    /// The text of the document it stands in, if it is the whole of it.
    pub fn text(&self) -> Option<&str> {
        self.node.is_none().then(|| self.span.text())
    }

    /// Its fields. A document that can't be read has none: it was read once already.
    pub fn fields(&self) -> Cow<'_, Map> {
        match &self.node {
            Some(node) => node.value.as_map().map_or_else(|| Cow::Owned(Map::new()), Cow::Borrowed),
            None => Cow::Owned(read(&self.span).unwrap_or_default()),
        }
    }

    /// `StatefulSet/mongooseim`, with the namespace where it says one.
    pub fn name(&self) -> String {
        name_of(&self.id)
    }
}

/// `StatefulSet/mongooseim`, `chat/ConfigMap/config` with a namespace.
pub fn name_of(id: &Id) -> String {
    let namespace = if id.namespace.is_empty() { String::new() } else { format!("{}/", id.namespace) };
    format!("{namespace}{}/{}", id.kind, id.name)
}

fn read(span: &Span) -> Option<Map> {
    let node = yaml::read_document_at(span.source()?, span.range()).ok()?;
    match node.value {
        Value::Map(map) => Some(map),
        _ => None,
    }
}

/// Reads the objects of a stream of YAML or JSON documents; lists are taken apart. `origin` says where it comes from.
///
/// # Errors
/// Every document that is no YAML, no map, or has no kind.
pub fn read_objects(source: &Source, origin: &str) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let mut objects = Vec::new();
    let mut errors = Vec::new();
    for range in split_documents(source.text()) {
        if let Err(error) = read_one(source, range, origin, &mut objects) {
            errors.push(error);
        }
    }
    if errors.is_empty() { Ok(objects) } else { Err(errors) }
}

fn read_one(source: &Source, range: Range<usize>, origin: &str, objects: &mut Vec<Object>) -> Result<(), Diagnostic> {
    let node = yaml::read_document_at(source, range.clone())?;
    // What `template` writes above each manifest is no part of it, and says where it is from.
    let text = &source.text()[range.clone()];
    let head = text.strip_prefix("# Source: ").and_then(|rest| rest.split_once('\n'));
    let (origin, range) = match head {
        Some((path, rest)) => (path.trim_end(), range.end - rest.len()..range.end),
        None => (origin, range),
    };
    let span = source.span(range);
    match &node.value {
        Value::Null => return Ok(()),
        Value::Map(_) => {}
        other => {
            let message = format!("a manifest is a map, not {}", words_for(other));
            return Err(Diagnostic::error("manifest", message)
                .at(node.span.clone(), "")
                .help("give manifests of Kubernetes: what `mim-chart template`, `kubectl get -o yaml` or another tool printed"));
        }
    }
    add(node, &span, origin, objects, true)
}

fn words_for(value: &Value) -> &'static str {
    match value {
        Value::List(_) => "a list",
        Value::String(_) => "text",
        Value::Bool(_) => "a boolean",
        _ => "a number",
    }
}

/// Adds an object, or the items of a list of objects.
fn add(node: Node, span: &Span, origin: &str, objects: &mut Vec<Object>, is_whole: bool) -> Result<(), Diagnostic> {
    let Some(map) = node.value.as_map() else {
        return Err(Diagnostic::error("manifest", "an item of a list of manifests is no map").at(node.span.clone(), ""));
    };
    let text = |path: &[&str]| {
        map.at(path.iter().copied()).and_then(|node| node.value.as_str()).unwrap_or_default().to_owned()
    };
    let id = Id {
        api_version: text(&["apiVersion"]),
        kind: text(&["kind"]),
        name: text(&["metadata", "name"]),
        namespace: text(&["metadata", "namespace"]),
    };
    if id.kind.is_empty() {
        return Err(Diagnostic::error("manifest", "a document has no kind: it is no manifest")
            .at(node.span.clone(), "")
            .help("a manifest has apiVersion, kind and metadata.name"));
    }
    if id.kind.ends_with("List")
        && let Some(items) = map.get("items").and_then(|items| items.value.as_list())
    {
        for item in items.iter().cloned() {
            add(item, span, origin, objects, false)?;
        }
        return Ok(());
    }
    let applied = live::as_applied(map);
    let is_live = applied.is_some();
    let node = match applied {
        Some(map) => Some(Node::new(Value::Map(map), node.span)),
        None => (!is_whole).then_some(node),
    };
    objects.push(Object { id, origin: origin.to_owned(), span: span.clone(), node, is_live });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let objects = read_objects(&Source::file("m.yaml", text), "m.yaml").unwrap();
        objects.iter().map(Object::name).collect()
    }

    #[test]
    fn lists_are_taken_apart() {
        let list = "kind: List\nitems:\n- {kind: A, metadata: {name: a}}\n- {kind: B, metadata: {name: b, namespace: ns}}\n---\nkind: C\n---\n# nothing\n";
        assert_eq!(names(list), ["A/a", "ns/B/b", "C/"]);
    }

    #[test]
    fn what_is_no_manifest_is_refused_together() {
        let errors = read_objects(&Source::file("m.yaml", "a: 1\n---\n- 1\n---\n{\n"), "m.yaml").unwrap_err();
        let told: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[..2], ["a document has no kind: it is no manifest", "a manifest is a map, not a list"]);
    }
}
