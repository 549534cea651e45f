//! Objects, read from documents: of a manifest, of a file, of what `kubectl get -o yaml` prints.

use std::borrow::Cow;
use std::ops::Range;

use super::id::Id;
use super::live::as_applied;
use super::refusal;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::yaml::{self, Entry, Map, Node, Value, split_manifests};

/// A Kubernetes object. Its fields are read when they are asked for, so that a long stream of manifests takes
/// little more room than its text.
#[derive(Debug, Clone)]
pub struct Object {
    /// What it calls itself.
    pub id: Id,
    /// Where it comes from: a template's path, or a file.
    pub origin: String,
    /// The document that holds it.
    pub span: Span,
    /// The object, where it is not the whole document: an item of a list, or what was put together again.
    node: Option<Node>,
    /// Whether it was read from a cluster: it has fields that nobody wrote.
    pub is_live: bool,
}

impl Object {
    /// The object that a document holds as a whole.
    pub fn of_document(id: Id, origin: String, span: Span) -> Object {
        Object { id, origin, span, node: None, is_live: false }
    }

    /// The text of the document it is in, if it is the whole of it.
    pub fn text(&self) -> Option<&str> {
        self.node.is_none().then(|| self.span.text())
    }

    /// Where it is written.
    pub fn place(&self) -> &Span {
        self.node.as_ref().map_or(&self.span, |node| &node.span)
    }

    /// Its fields. A document that can't be read has none: it was read once already.
    pub fn fields(&self) -> Cow<'_, Map> {
        match &self.node {
            Some(node) => node.value.as_map().map_or_else(|| Cow::Owned(Map::new()), Cow::Borrowed),
            None => Cow::Owned(read(&self.span).unwrap_or_default()),
        }
    }
}

fn read(span: &Span) -> Option<Map> {
    let node = yaml::read_document_at(span.source()?, span.range()).ok()?;
    match node.value {
        Value::Map(map) => Some(map),
        _ => None,
    }
}

/// What a stream of documents holds.
#[derive(Debug, Default)]
pub struct Stream {
    /// The objects in their order.
    pub objects: Vec<Object>,
    /// What is wrong with each document, or item of a list, that is not a manifest.
    pub refused: Vec<Refused>,
    /// Whether there is a list of objects, if only an empty one.
    pub has_list: bool,
    /// Whether objects of a cluster keep the fields that the API server writes.
    as_stored: bool,
}

/// A document, or an item of a list, that is not a manifest.
#[derive(Debug)]
pub struct Refused {
    /// Where it comes from: the template that a `# Source:` line names, or what the stream is called.
    pub origin: String,
    /// What is wrong with it.
    pub diagnostic: Diagnostic,
}

impl Stream {
    /// Whether nothing was passed: no objects, nothing else either, and not even an empty list.
    pub fn is_blank(&self) -> bool {
        self.objects.is_empty() && self.refused.is_empty() && !self.has_list
    }
}

/// Reads a stream of YAML or JSON documents; lists are taken apart. Each document is read by itself, so that one that is
/// broken does not hide the others. `not_utf8` are the places in the text that stand for bytes which are not UTF-8, and
/// `origin` says where the stream comes from.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::kubernetes::read_stream;
///
/// let source = Source::file("m.yaml", "kind: {\n---\nkind: Service\nmetadata: {name: a}\n");
/// let stream = read_stream(&source, &[], "m.yaml");
/// assert_eq!((stream.objects[0].id.to_string().as_str(), stream.refused.len()), ("Service/a", 1));
/// ```
pub fn read_stream(source: &Source, not_utf8: &[usize], origin: &str) -> Stream {
    read_into(Stream::default(), source, not_utf8, origin)
}

/// The same, but what was read from a cluster has all its fields, as the API server gives them.
pub fn read_stored_stream(source: &Source, not_utf8: &[usize], origin: &str) -> Stream {
    read_into(Stream { as_stored: true, ..Stream::default() }, source, not_utf8, origin)
}

fn read_into(mut stream: Stream, source: &Source, not_utf8: &[usize], origin: &str) -> Stream {
    if let Some(error) = refusal::of_text(source, not_utf8) {
        stream.refuse(error, origin, origin);
        return stream;
    }
    for range in split_manifests(source.text()) {
        let broken = not_utf8.partition_point(|&at| at < range.start);
        match not_utf8.get(broken).filter(|&&at| at < range.end) {
            Some(&at) => {
                let error = refusal::of_bytes(source.span(at..at + '\u{fffd}'.len_utf8()));
                stream.refuse(error, template(&source.text()[range]).map_or(origin, |(path, _)| path), origin);
            }
            None => stream.read_document(source, range, origin),
        }
    }
    stream
}

/// Reads the objects of a stream of YAML or JSON documents; lists are taken apart. `origin` says where it comes from.
///
/// # Errors
/// Every document that is not a manifest.
pub fn read_objects(source: &Source, origin: &str) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let stream = read_stream(source, &[], origin);
    if stream.refused.is_empty() {
        Ok(stream.objects)
    } else {
        Err(stream.refused.into_iter().map(|refused| refused.diagnostic).collect())
    }
}

impl Stream {
    fn read_document(&mut self, source: &Source, range: Range<usize>, origin: &str) {
        let text = &source.text()[range.clone()];
        let stream = origin;
        let (origin, range_of_object) = match template(text) {
            Some((path, rest)) => (path, range.end - rest.len()..range.end),
            None => (origin, range.clone()),
        };
        let node = match yaml::read_document_at(source, range.clone()) {
            Ok(node) => node,
            Err(error) => return self.refuse(refusal::of_syntax(error, text), origin, stream),
        };
        if node.value.is_null() {
            return;
        }
        if let Some(error) = refusal::of_node(&node, source, text) {
            return self.refuse(error, origin, stream);
        }
        self.add(node, &source.span(range_of_object), origin, true);
    }

    /// Adds what is wrong with a document from `origin` in a stream of another name, or of the same.
    fn refuse(&mut self, mut diagnostic: Diagnostic, origin: &str, stream: &str) {
        if origin != stream
            && let Some(label) = diagnostic.labels.first_mut().filter(|label| label.text.is_empty())
        {
            label.text = format!("from {origin}");
        }
        self.refused.push(Refused { origin: origin.to_owned(), diagnostic });
    }

    /// Adds an object, or the items of a list of objects.
    fn add(&mut self, node: Node, span: &Span, origin: &str, is_whole: bool) {
        let span_of_node = node.span;
        let Value::Map(mut map) = node.value else { return };
        let text = |path: &[&str]| {
            map.at(path.iter().copied()).and_then(|node| node.value.as_str()).unwrap_or_default().to_owned()
        };
        let id = Id {
            api_version: text(&["apiVersion"]),
            kind: text(&["kind"]),
            name: text(&["metadata", "name"]),
            namespace: text(&["metadata", "namespace"]),
        };
        if let Some(items) = items_of(&id, &mut map) {
            self.has_list = true;
            for item in items {
                let item = of_typed_list(item, &id);
                match refusal::of_item(&item) {
                    Some(error) => self.refuse(error, origin, origin),
                    None => self.add(item, span, origin, false),
                }
            }
            return;
        }
        let applied = if self.as_stored { None } else { as_applied(&map) };
        let is_live = applied.is_some();
        let map = applied.or_else(|| (!is_whole).then_some(map));
        let node = map.map(|map| Node::new(Value::Map(map), span_of_node));
        self.objects.push(Object { id, origin: origin.to_owned(), span: span.clone(), node, is_live });
    }
}

/// The template that a document says it comes from, and the rest: what `template` writes above each manifest is not part of it.
fn template(text: &str) -> Option<(&str, &str)> {
    let (path, rest) = text.strip_prefix("# Source: ")?.split_once('\n')?;
    Some((path.trim_end(), rest))
}

/// Takes the items out of a list of objects; `None` for any other object. As in Go, null and no items at all are an empty
/// list.
fn items_of(id: &Id, map: &mut Map) -> Option<Vec<Node>> {
    if !id.kind.ends_with("List") {
        return None;
    }
    match map.get_mut("items").map(|items| std::mem::replace(&mut items.value, Value::Null)) {
        Some(Value::List(items)) => Some(items),
        Some(Value::Null) => Some(Vec::new()),
        None if id.kind == "List" => Some(Vec::new()),
        Some(other) => {
            // An object of this kind that is not a list.
            map.get_mut("items")?.value = other;
            None
        }
        None => None,
    }
}

/// The item of a list that says what its items are, such as `kind: PodList`: where they have neither a kind nor a version, these are the
/// list's, as in `kubectl`. The API server answers so.
fn of_typed_list(item: Node, list: &Id) -> Node {
    let kind = list.kind.strip_suffix("List").unwrap_or_default();
    let says_more = |map: &Map| map.get("kind").is_some() || map.get("apiVersion").is_some();
    let Node { value: Value::Map(map), span } = item else { return item };
    if kind.is_empty() || says_more(&map) {
        return Node::new(Value::Map(map), span);
    }
    let own = [("apiVersion", list.api_version.as_str()), ("kind", kind)].map(|(key, text)| {
        let node = Node::new(Value::String(text.to_owned()), span.clone());
        (key.to_owned(), Entry { key: span.clone(), node })
    });
    Node::new(Value::Map(own.into_iter().chain(map).collect()), span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let objects = read_objects(&Source::file("m.yaml", text), "m.yaml").unwrap();
        objects.iter().map(|object| object.id.to_string()).collect()
    }

    #[test]
    fn lists_are_taken_apart() {
        let list = "kind: List\nitems:\n- {kind: A, metadata: {name: a}}\n- {kind: B, metadata: {name: b, namespace: ns}}\n---\nkind: C\n---\n# nothing\n";
        assert_eq!(names(list), ["A/a", "ns/B/b", "C/"]);
    }

    #[test]
    fn items_of_typed_lists_have_the_kind_of_their_list() {
        let list =
            "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a}\n- {kind: B, metadata: {name: b}}\n";
        let objects = read_objects(&Source::file("m.yaml", list), "m.yaml").unwrap();
        let ids: Vec<_> =
            objects.iter().map(|object| (object.id.api_version.as_str(), object.id.to_string())).collect();
        assert_eq!(ids, [("v1", "Secret/a".to_owned()), ("", "B/b".to_owned())]);
        assert_eq!(objects[0].fields().text_at(&["kind"]), Some("Secret"));
        assert_eq!(messages("m.yaml", "kind: List\nitems: [{metadata: {name: a}}]\n").len(), 1);
    }

    fn messages(name: &str, text: &str) -> Vec<String> {
        let stream = read_stream(&Source::file(name, text), &[], name);
        stream.refused.into_iter().map(|refused| refused.diagnostic.message).collect()
    }

    #[test]
    fn every_document_that_is_not_a_manifest_is_refused() {
        assert_eq!(
            messages("m.yaml", "a: 1\n---\n- 1\n---\nx\n---\n5\n---\napiVersion: v1\n---\ntrue\n"),
            [
                "apiVersion and kind are not set: this is not a manifest",
                "a manifest is a map, not a list",
                "a manifest is a map, not text",
                "a manifest is a map, not a number",
                "kind is not set: this is not a manifest",
                "a manifest is a map, not a boolean",
            ]
        );
        assert_eq!(messages("m.yaml", "kind: 1\n"), ["kind is not text: this is not a manifest"]);
        assert_eq!(
            messages("m.yaml", "kind: List\nitems: [1, {kind: A, metadata: {name: a}}, {metadata: {name: b}}]\n"),
            ["an item of a list of manifests is a map, not a number", "kind is not set: this item is not a manifest"]
        );
    }

    #[test]
    fn a_broken_document_does_not_hide_its_neighbours() {
        let text = "kind: A\n---\nkind: [\n---\nkind: B\nx: {{ .Values.x }}: 1\n---\nkind: C\n";
        let stream = read_stream(&Source::file("m.yaml", text), &[], "m.yaml");
        let kinds: Vec<_> = stream.objects.iter().map(|object| object.id.kind.as_str()).collect();
        assert_eq!(kinds, ["A", "C"]);
        let reported = &stream.refused[1].diagnostic;
        assert!(reported.help[0].starts_with("this looks like a template"), "{reported:?}");
    }

    #[test]
    fn a_refused_document_names_its_template() {
        let text = "# Source: c/templates/a.yaml\nkind: [\n---\n# Source: c/templates/b.yaml\nhello: world\n---\nx\n";
        let stream = read_stream(&Source::file("-", text), &[], "-");
        let origins: Vec<_> = stream.refused.iter().map(|refused| refused.origin.as_str()).collect();
        assert_eq!(origins, ["c/templates/a.yaml", "c/templates/b.yaml", "-"]);
        assert_eq!(stream.refused[1].diagnostic.labels[0].text, "from c/templates/b.yaml");
    }

    #[test]
    fn a_document_that_is_not_utf8_is_refused_alone() {
        let text = "kind: A\n---\nkind: \u{fffd}\n---\nkind: C\n";
        let stream = read_stream(&Source::file("m.yaml", text), &[18], "m.yaml");
        assert_eq!((stream.objects.len(), stream.refused.len()), (2, 1));
        assert_eq!(stream.refused[0].diagnostic.labels[0].span.to_string(), "m.yaml:3:7");
    }

    #[test]
    fn kustomizations_are_refused_but_not_those_of_flux() {
        let refused = ["a Kustomization is not a manifest: manifests are built from it"];
        assert_eq!(messages("k/kustomization.yaml", "resources: [a.yaml]\n"), refused);
        assert_eq!(messages("m.yaml", "kind: Kustomization\nresources: []\n"), refused);
        assert_eq!(messages("m.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"), refused);
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n";
        assert_eq!(messages("kustomization.yaml", flux), [""; 0]);
    }

    #[test]
    fn an_empty_list_is_not_blank() {
        let is_blank = |text: &str| read_stream(&Source::file("m.yaml", text), &[], "m").is_blank();
        for blank in ["", " \n", "# nothing\n", "---\n", "---\n---\nnull\n", "\u{feff}", "~", "\u{feff}# x\n"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for list in
            ["kind: List\nitems: []\n", "kind: List\n", "kind: PodList\nitems: null\n", "{kind: PodList, items: []}"]
        {
            assert!(!is_blank(list), "{list:?}");
        }
        assert!(!is_blank("a: 1\n"));
    }
}
