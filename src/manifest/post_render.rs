//! Sends manifests through a post-renderer as Helm 4 does: all documents in one stream, each annotated with the path of its
//! template. The annotation assigns the documents of the post-renderer's output to templates again.
//!
//! Helm parses and rewrites the documents in both directions, which changes their layout. Here a document keeps its text, except
//! for the annotation.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{ManifestError, Manifests};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::go::strconv::quote_double;
use crate::yaml::{self, Map, Node, Value, read_document, read_document_at, split_manifests};

/// The annotation that holds the path of a document's template.
const ANNOTATION: &str = "postrenderer.helm.sh/postrender-filename";

/// The start of the message about output that cannot be parsed, as in Helm.
const NOT_YAML: &str = "error while parsing post rendered output: error parsing YAML";

/// Returns the stream for the post-renderer: all manifests and hooks, in the order of their templates' paths.
///
/// # Errors
/// A document cannot be read or written.
pub fn to_post_renderer(all: &Manifests) -> Result<String, Diagnostic> {
    let mut documents: Vec<_> = all.iter().collect();
    documents.sort_by_key(|manifest| (manifest.path.as_str(), manifest.span.start()));
    let mut stream = String::new();
    for manifest in documents {
        let text = annotated(manifest.text(), &manifest.path)?;
        if !stream.is_empty() {
            stream.push_str("---\n");
        }
        stream.push_str(&text);
    }
    Ok(stream)
}

/// Reads the manifests in the output of a post-renderer. Documents without the annotation get numbered paths, as in Helm.
///
/// # Errors
/// The first document that is not YAML, or all documents that are not valid manifests, as for [`Manifests::read`].
pub fn from_post_renderer(stream: &Source) -> Result<Manifests, Vec<ManifestError>> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut number = 0;
    for range in split_manifests(stream.text()) {
        let document = read_document_at(stream, range.clone());
        let document = document.map_err(|error| vec![ManifestError::new(stream.name(), NOT_YAML, error)])?;
        if document.value.is_null() {
            continue;
        }
        let (path, text) = match path_of(&document) {
            Some(path) => (path.to_owned(), without_annotation(stream, range, &document)),
            None => (format!("generated-by-postrender-{number}.yaml"), stream.text()[range].to_owned()),
        };
        number += 1;
        let file = files.entry(path).or_default();
        if !file.is_empty() {
            file.push_str("---\n");
        }
        file.push_str(&text);
        if !text.ends_with('\n') {
            file.push('\n');
        }
    }
    Manifests::read(files)
}

fn path_of(document: &Node) -> Option<&str> {
    document.value.as_map()?.text_at(&["metadata", "annotations", ANNOTATION]).filter(|path| !path.is_empty())
}

/// Adds the annotation to a document, and a line break at the end. The layout is kept if the annotation can be inserted as a line
/// or as an entry of a flow map, and if the line break does not become part of a value. Otherwise the document is written again.
fn annotated(text: &str, path: &str) -> Result<String, Diagnostic> {
    let document = read_document(&Source::rendered(path, text))?;
    let mut root = document.value.as_map().cloned().unwrap_or_default();
    let mut metadata = root.map_at(&["metadata"]).cloned().unwrap_or_default();
    let mut annotations = metadata.map_at(&["annotations"]).cloned().unwrap_or_default();
    set(&mut annotations, ANNOTATION, Value::String(path.to_owned()));
    set(&mut metadata, "annotations", Value::Map(annotations));
    set(&mut root, "metadata", Value::Map(metadata));
    let expected = Value::Map(root);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let edited =
        insertion(text, &document, path).map(|(at, inserted)| [&text[..at], &inserted, &text[at..], end].concat());
    match edited.filter(|edited| is_read_as(edited, &expected)) {
        Some(edited) => Ok(edited),
        None => written(&expected),
    }
}

fn is_read_as(text: &str, expected: &Value) -> bool {
    read_document(&Source::rendered("", text)).is_ok_and(|node| node.value == *expected)
}

fn set(map: &mut Map, key: &str, value: Value) {
    map.insert(key, Span::generated(), Node::generated(value));
}

fn written(root: &Value) -> Result<String, Diagnostic> {
    yaml::write(root)
        .map(|text| text + "\n")
        .map_err(|error| Diagnostic::error("post-renderer", format!("cannot write a document: {error}")))
}

/// Returns the annotation's text and where to insert it: as the first entry of the deepest existing map of `metadata` and
/// `annotations`.
fn insertion(text: &str, document: &Node, path: &str) -> Option<(usize, String)> {
    let mut keys = vec!["metadata", "annotations"];
    let mut deepest = document;
    while let Some(entry) = keys.first().and_then(|key| deepest.value.as_map()?.entry(key)) {
        entry.node.value.as_map()?;
        deepest = &entry.node;
        keys.remove(0);
    }
    let at = deepest.span.start();
    let path = quote_double(path);
    if let Some(rest) = text.get(at..)?.strip_prefix('{') {
        let opened: String = keys.iter().map(|key| format!("{key:?}: {{")).collect();
        let end = if rest.trim_start().starts_with('}') { "" } else { ", " };
        return Some((at + 1, format!("{opened}\"{ANNOTATION}\": {path}{}{end}", "}".repeat(keys.len()))));
    }
    let indent = &text[line_start(text, at)..at];
    if !indent.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let mut inserted = String::new();
    for (depth, key) in keys.iter().enumerate() {
        inserted.push_str(&format!("{key}:\n{indent}{}", "  ".repeat(depth + 1)));
    }
    inserted.push_str(&format!("{ANNOTATION}: {path}\n{indent}"));
    Some((at, inserted))
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Returns a document's text without the annotation, and without `annotations` if that map is now empty, as in Helm.
fn without_annotation(stream: &Source, range: Range<usize>, document: &Node) -> String {
    let text = &stream.text()[range.clone()];
    let mut root = document.value.as_map().cloned().unwrap_or_default();
    remove(&mut root);
    let expected = Value::Map(root);
    let removal = removal(text, range.start, document);
    let shortened = removal.map(|range| [&text[..range.start], &text[range.end..]].concat());
    match shortened.filter(|text| is_read_as(text, &expected)) {
        Some(shortened) => shortened,
        // Any value that was read can be written, so the fallback is never used.
        None => written(&expected).unwrap_or_else(|_| text.to_owned()),
    }
}

fn remove(root: &mut Map) {
    let Some(metadata) = root.get_mut("metadata").and_then(|node| node.value.as_map_mut()) else { return };
    let Some(annotations) = metadata.get_mut("annotations").and_then(|node| node.value.as_map_mut()) else { return };
    annotations.remove(ANNOTATION);
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
}

/// Returns the bytes of a document's text that the annotation takes up. `offset` is the document's offset in the stream.
fn removal(text: &str, offset: usize, document: &Node) -> Option<Range<usize>> {
    let root = document.value.as_map()?;
    let metadata = root.get("metadata")?;
    let annotations = metadata.value.as_map()?.entry("annotations")?;
    let own = annotations.node.value.as_map()?.entry(ANNOTATION)?;
    let (parent, start, end) = if annotations.node.value.as_map()?.len() == 1 {
        let end = if annotations.node.span.text().starts_with('{') { &annotations.node.span } else { &own.node.span };
        (metadata, annotations.key.start(), end.range().end)
    } else {
        (&annotations.node, own.key.start(), own.node.span.range().end)
    };
    let (start, end) = (start.checked_sub(offset)?, end.checked_sub(offset)?);
    let rest = text.get(end..)?;
    if parent.span.text().starts_with('{') {
        let after = rest.trim_start();
        if let Some(after) = after.strip_prefix(',') {
            return Some(start..text.len() - after.trim_start().len());
        }
        let before = text[..start].trim_end();
        return Some(before.strip_suffix(',').unwrap_or(before).len()..end);
    }
    let line = rest.find('\n').map_or(text.len(), |length| end + length + 1);
    Some(line_start(text, start)..line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifests(files: &[(&str, &str)]) -> Manifests {
        Manifests::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))).unwrap()
    }

    /// Sends documents through a post-renderer that changes nothing.
    fn through(text: &str) -> (String, Vec<String>) {
        let stream = to_post_renderer(&manifests(&[("c/templates/a.yaml", text)])).unwrap();
        let back = from_post_renderer(&Source::rendered("post-renderer", stream.as_str())).unwrap();
        (stream.clone(), back.iter().map(|manifest| format!("{}: {}", manifest.path, manifest.text())).collect())
    }

    #[test]
    fn every_layout_is_restored() {
        for text in [
            "kind: A\nmetadata:\n  name: a # here\n",
            "kind: A\nmetadata:\n    annotations:\n        x: |\n          y\n    name: a\n",
            "kind: A\nmetadata: {name: a}\n",
            "kind: A\nmetadata: {}\n",
            "kind: A\nmetadata: {name: a, annotations: {x: y}}\n",
            "kind: A\nmetadata: {name: a, annotations: {}}\n",
            "{\"kind\": \"A\", \"metadata\": {\"name\": \"j\"}}\n",
            "kind: A\nmetadata:\n  name: a\ndata:\n  x: |+\n    y\n\n",
            "# first\nkind: A\nmetadata:\n  name: a\nspec:\n- 1\n- |\n  x\n",
        ] {
            let (stream, back) = through(text);
            assert!(stream.contains(ANNOTATION), "{stream}");
            let expected = text.replace(", annotations: {}", "");
            assert_eq!(back, [format!("c/templates/a.yaml: {expected}")], "{stream}");
        }
    }

    #[test]
    fn documents_that_cannot_take_the_annotation_are_rewritten() {
        let (_, back) = through("kind: A\nmetadata:\n");
        assert_eq!(back, ["c/templates/a.yaml: kind: A\nmetadata: {}\n"]);
        assert_eq!(through("kind: A\n").1, ["c/templates/a.yaml: kind: A\nmetadata: {}\n"]);
        // A line break at the end would become part of the block scalar.
        assert_eq!(
            through("kind: A\nmetadata:\n  name: a\nx: |\n  y").1,
            ["c/templates/a.yaml: kind: A\nmetadata:\n  name: a\nx: \"y\"\n"]
        );
        let shared = "x: &m {name: a}\nkind: A\nmetadata: *m\n";
        assert!(through(shared).1[0].contains("kind: A"));
    }

    #[test]
    fn new_documents_are_numbered_and_hooks_are_hooks() {
        let stream = "kind: B\n---\n# nothing\n---\nkind: A\nmetadata:\n  annotations:\n    helm.sh/hook: test\n";
        let back = from_post_renderer(&Source::rendered("post-renderer", stream)).unwrap();
        assert_eq!(back.manifests[0].path, "generated-by-postrender-0.yaml");
        assert_eq!(back.hooks[0].path, "generated-by-postrender-1.yaml");
        let error = from_post_renderer(&Source::rendered("post-renderer", "a: b: c\n")).unwrap_err();
        assert!(
            error[0].diagnostic.message.starts_with("error while parsing post rendered output: error parsing YAML: ")
        );
    }
}
