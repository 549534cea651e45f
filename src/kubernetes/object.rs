//! Reads objects from documents: manifests, files, or the output of `kubectl get -o yaml`.

use std::borrow::Cow;
use std::ops::Range;

use ahash::AHashMap;

use super::id::Id;
use super::live::as_applied;
use super::refusal;
use super::sequence::{Sequence, ignored, sequence};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::parallel;
use crate::yaml::{self, Entry, Map, Node, Value, split_manifests};

/// A Kubernetes object. Its fields are only parsed on demand, so that a long stream of manifests needs little more memory than
/// its text.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its identity.
    pub id: Id,
    /// Where it comes from: the path of a template or of a file.
    pub origin: String,
    /// The document that contains it.
    pub span: Span,
    /// The object, if it is not a whole document but a list item or a reconstructed object.
    node: Option<Node>,
    /// Whether it was read from a cluster and reduced to what was applied.
    pub is_live: bool,
    /// Whether a map of its document may contain duplicate keys.
    pub may_repeat_keys: bool,
}

impl Object {
    /// Creates the object that a whole document describes.
    pub fn of_document(id: Id, origin: String, span: Span) -> Object {
        Object { id, origin, span, node: None, is_live: false, may_repeat_keys: true }
    }

    /// Returns the text of its document, if the document contains nothing else.
    pub fn text(&self) -> Option<&str> {
        self.node.is_none().then(|| self.span.text())
    }

    /// Returns where it is written.
    pub fn place(&self) -> &Span {
        self.node.as_ref().map_or(&self.span, |node| &node.span)
    }

    /// Returns its fields. A document that cannot be parsed has none; its error was reported when it was first read.
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

/// The content of a stream of documents.
#[derive(Debug, Default)]
pub struct Stream {
    /// The objects in order.
    pub objects: Vec<Object>,
    /// The documents and list items that are not objects, with their errors.
    pub refused: Vec<Refused>,
    /// Whether the stream contains a list of objects, possibly an empty one.
    pub has_list: bool,
    /// Whether objects from a cluster keep the fields that the API server writes.
    as_stored: bool,
}

/// A document or list item that is not an object.
#[derive(Debug)]
pub struct Refused {
    /// Where it comes from: the template in its `# Source:` line, or the name of the stream.
    pub origin: String,
    /// The error.
    pub diagnostic: Diagnostic,
}

impl Stream {
    /// Whether the stream contains nothing: no objects, no errors and no list.
    pub fn is_blank(&self) -> bool {
        self.objects.is_empty() && self.refused.is_empty() && !self.has_list
    }
}

/// Reads a stream of YAML or JSON documents, and splits lists into their items.
///
/// Each document is read separately, so that an invalid one does not affect the others. `not_utf8` are the offsets of replacement
/// characters for bytes that are not UTF-8. `origin` names the stream.
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
    read_all(&Reading { source, not_utf8, origin, known: AHashMap::new() }, false)
}

/// Reads a stream like [`read_stream`], but takes objects over from `known` if their documents have the same text. When two
/// streams are compared, most objects are equal. `known` are results of [`read_stream`].
pub fn read_stream_with_known(source: &Source, not_utf8: &[usize], origin: &str, known: &[Object]) -> Stream {
    let known = known.iter().filter_map(|object| Some((object.text()?, object))).collect();
    read_all(&Reading { source, not_utf8, origin, known }, false)
}

/// Reads a stream like [`read_stream`], but objects from a cluster keep all fields that the API server returned.
pub fn read_stored_stream(source: &Source, not_utf8: &[usize], origin: &str) -> Stream {
    read_all(&Reading { source, not_utf8, origin, known: AHashMap::new() }, true)
}

/// Longer input is read by several threads, this many documents at a time.
const WORTH_THREADS: usize = 128 << 10;
const DOCUMENTS_AT_A_TIME: usize = 256;

fn read_all(reading: &Reading<'_>, as_stored: bool) -> Stream {
    let (source, origin) = (reading.source, reading.origin);
    let mut all = Stream { as_stored, ..Stream::default() };
    if let Some(error) = refusal::of_text(source, reading.not_utf8) {
        all.refuse(error, origin, origin);
        return all;
    }
    let ranges = ranges(source, origin, &mut all);
    if source.text().len() < WORTH_THREADS {
        ranges.into_iter().for_each(|range| reading.document(range, &mut all));
        return all;
    }
    let batches: Vec<&[Range<usize>]> = ranges.chunks(DOCUMENTS_AT_A_TIME).collect();
    let read = |batch: &&[Range<usize>]| {
        let mut stream = Stream { as_stored, ..Stream::default() };
        batch.iter().for_each(|range| reading.document(range.clone(), &mut stream));
        stream
    };
    for stream in parallel::map(&batches, read) {
        all.objects.extend(stream.objects);
        all.refused.extend(stream.refused);
        all.has_list |= stream.has_list;
    }
    all
}

/// Returns the ranges of the documents of a source, and of consecutive JSON objects in it.
fn ranges(source: &Source, origin: &str, stream: &mut Stream) -> Vec<Range<usize>> {
    let Some(Sequence { mut objects, rest, refused }) = sequence(source) else {
        return split_manifests(source.text()).collect();
    };
    if let Some(error) = refused {
        stream.refuse(error, origin, origin);
    }
    objects.extend(split_manifests(&source.text()[rest..]).map(|range| rest + range.start..rest + range.end));
    objects
}

/// A source whose documents are being read.
struct Reading<'r> {
    source: &'r Source,
    /// The offsets of replacement characters for bytes that are not UTF-8.
    not_utf8: &'r [usize],
    origin: &'r str,
    /// Objects that were read before, by their text.
    known: AHashMap<&'r str, &'r Object>,
}

impl Reading<'_> {
    /// Reads a document, unless it contains bytes that are not UTF-8.
    fn document(&self, range: Range<usize>, stream: &mut Stream) {
        let text = &self.source.text()[range.clone()];
        let (origin, text_of_object) = template(text).unwrap_or((self.origin, text));
        let broken = self.not_utf8.partition_point(|&at| at < range.start);
        if let Some(&at) = self.not_utf8.get(broken).filter(|&&at| at < range.end) {
            let error = refusal::of_bytes(self.source.span(at..at + '\u{fffd}'.len_utf8()));
            return stream.refuse(error, origin, self.origin);
        }
        let span = self.source.span(range.end - text_of_object.len()..range.end);
        if let Some(&known) = self.known.get(text_of_object) {
            let id = known.id.clone();
            let may_repeat_keys = known.may_repeat_keys;
            stream.objects.push(Object { may_repeat_keys, ..Object::of_document(id, origin.to_owned(), span) });
            return;
        }
        if let Some((id, may_repeat_keys)) = head(self.source, text, stream.as_stored) {
            stream.objects.push(Object { may_repeat_keys, ..Object::of_document(id, origin.to_owned(), span) });
            return;
        }
        let node = match yaml::read_document_at(self.source, range.clone()) {
            Ok(node) => node,
            Err(error) => return stream.refuse(refusal::of_syntax(error, text), origin, self.origin),
        };
        if node.value.is_null() {
            return;
        }
        if let Some(error) = refusal::of_node(&node, self.source, text) {
            return stream.refuse(error, origin, self.origin);
        }
        if let Some(error) = ignored(self.source, range, node.span.range()) {
            stream.refuse(error, origin, self.origin);
        }
        stream.add(node, &span, origin, true);
    }
}

/// Reads the objects of a stream of YAML or JSON documents, and splits lists into their items. `origin` names the stream.
///
/// # Errors
/// Every document that is not an object.
pub fn read_objects(source: &Source, origin: &str) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let stream = read_stream(source, &[], origin);
    if stream.refused.is_empty() {
        Ok(stream.objects)
    } else {
        Err(stream.refused.into_iter().map(|refused| refused.diagnostic).collect())
    }
}

impl Stream {
    /// Adds the error of a document. `origin` is mentioned if it is not the name of the stream.
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
        let id = id_of(&map);
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
        let origin = origin.to_owned();
        self.objects.push(Object { id, origin, span: span.clone(), node, is_live, may_repeat_keys: true });
    }
}

/// Returns the identity of the object in a document, and whether a map in it may contain duplicate keys, without parsing more
/// than the head. The rest is only checked for valid syntax. `None` if the whole document must be parsed.
fn head(source: &Source, text: &str, as_stored: bool) -> Option<(Id, bool)> {
    let (entries, may_repeat_keys) = yaml::entries_of(text, &["apiVersion", "kind", "metadata"])?;
    let node = yaml::read_document(&Source::rendered("", entries)).ok()?;
    let map = node.value.as_map()?;
    let id = id_of(map);
    let is_list = id.kind.ends_with("List");
    let is_live = !as_stored && map.at(["metadata", "uid"]).is_some();
    let is_whole = is_list || is_live || id.kind.is_empty() || refusal::of_node(&node, source, text).is_some();
    (!is_whole).then_some((id, may_repeat_keys))
}

fn id_of(map: &Map) -> Id {
    let text = |path: &[&str]| map.text_at(path).unwrap_or_default().to_owned();
    Id {
        api_version: text(&["apiVersion"]),
        kind: text(&["kind"]),
        name: text(&["metadata", "name"]),
        namespace: text(&["metadata", "namespace"]),
    }
}

/// Returns the template in a document's `# Source:` line, and the rest of the document. The line itself, which `template` writes
/// above each manifest, is not part of the object.
fn template(text: &str) -> Option<(&str, &str)> {
    let (path, rest) = text.strip_prefix("# Source: ")?.split_once('\n')?;
    Some((path.trim_end(), rest))
}

/// Takes the items out of a list of objects; `None` for any other object. As in Go, null and missing items are an empty list.
fn items_of(id: &Id, map: &mut Map) -> Option<Vec<Node>> {
    if !id.kind.ends_with("List") {
        return None;
    }
    match map.get_mut("items").map(|items| std::mem::replace(&mut items.value, Value::Null)) {
        Some(Value::List(items)) => Some(items),
        Some(Value::Null) => Some(Vec::new()),
        None if id.kind == "List" => Some(Vec::new()),
        Some(other) => {
            // An object whose kind ends in `List`, but which is not a list.
            map.get_mut("items")?.value = other;
            None
        }
        None => None,
    }
}

/// Returns an item of a typed list such as `kind: PodList`, with the list's version and kind. The API server omits both in such
/// items; `kubectl` adds them too.
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
    fn lists_are_split_into_objects() {
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
                "a manifest must be a map, not a list",
                "a manifest must be a map, not text",
                "a manifest must be a map, not a number",
                "kind is not set: this is not a manifest",
                "a manifest must be a map, not a boolean",
            ]
        );
        assert_eq!(messages("m.yaml", "kind: 1\n"), ["kind is not a string: this is not a manifest"]);
        assert_eq!(
            messages("m.yaml", "kind: List\nitems: [1, {kind: A, metadata: {name: a}}, {metadata: {name: b}}]\n"),
            [
                "an item of a list of manifests must be a map, not a number",
                "kind is not set: this item is not a manifest"
            ]
        );
    }

    /// Returns objects with everything that was read, and errors.
    fn all_of(stream: &Stream) -> Vec<String> {
        let object = |object: &Object| {
            let place = format!("{} {}", object.span, object.place());
            format!("{} {} {place} {} {:?}", object.id, object.origin, object.may_repeat_keys, object.fields())
        };
        let refused = |refused: &Refused| format!("{} {:?}", refused.origin, refused.diagnostic);
        stream.objects.iter().map(object).chain(stream.refused.iter().map(refused)).collect()
    }

    #[test]
    fn a_long_stream_reads_the_same_with_any_number_of_threads() {
        let one = |number: usize| match number % 100 {
            97 => "kind: [\n---\n".to_owned(),
            98 => format!("kind: List\nitems: [{{kind: A, metadata: {{name: item-{number}}}}}]\n---\n"),
            99 => "# Source: c/templates/a.yaml\nkind: A\nkind: B\nmetadata:\n  name: twice\n---\n".to_owned(),
            _ => format!("kind: A\nmetadata:\n  name: a-{number}\n  namespace: b\nspec: {{a: {number}}}\n---\n"),
        };
        let text: String = (0..4000).map(one).collect();
        assert!(text.len() > WORTH_THREADS);
        let source = Source::file("m.yaml", text);
        let stream = read_stream(&source, &[], "m.yaml");
        let reading = Reading { source: &source, not_utf8: &[], origin: "m.yaml", known: AHashMap::new() };
        let mut one_by_one = Stream::default();
        split_manifests(source.text()).for_each(|range| reading.document(range, &mut one_by_one));
        assert_eq!((stream.objects.len(), stream.refused.len(), stream.has_list), (3960, 40, true));
        assert_eq!(all_of(&stream), all_of(&one_by_one));
    }

    #[test]
    fn known_documents_are_reused() {
        let text = "kind: A\nmetadata: {name: a}\n---\nkind: List\nitems: [{kind: B, metadata: {name: b}}]\n---\n\
                    kind: C\nmetadata: {name: c, uid: d}\n---\nkind: D\nmetadata: {name: e}\n";
        let known = read_objects(&Source::file("old.yaml", text), "old.yaml").unwrap();
        let source = Source::file("new.yaml", format!("# Source: c/a.yaml\n{}", text.replace("name: e", "name: f")));
        let beside = read_stream_with_known(&source, &[], "new.yaml", &known);
        assert_eq!(beside.objects.len(), 4);
        assert_eq!(all_of(&beside), all_of(&read_stream(&source, &[], "new.yaml")));
    }

    #[test]
    fn only_the_head_of_a_plain_document_is_read() {
        let quick = |text: &str| head(&Source::file("m.yaml", text), text, false).map(|(id, _)| id.to_string());
        assert_eq!(quick("kind: A\nmetadata:\n  name: a\nspec:\n- b: c\n"), Some("A/a".to_owned()));
        for whole in [
            "kind: A\nmetadata: {name: a}\nspec: b: c\n",
            "kind: List\nitems: []\n",
            "kind: A\nmetadata:\n  name: a\n  uid: b\n",
            "kind: Kustomization\nresources: []\n",
            "kind: 1\n",
            "a: 1\n",
            "# nothing\n",
        ] {
            assert_eq!(quick(whole), None, "{whole:?}");
        }
    }

    #[test]
    fn document_content_that_kubectl_ignores_is_refused() {
        let ignored = ["kubectl ignores everything after the first object of this document"];
        for text in [
            "---\n{kind: A}\n{kind: B}\n",
            "{kind: A} # a\nb: c\n",
            "{kind: A}\n...\n# b\nkind: B\n",
            "kind: A\n...\nkind: B\n",
            "kind: A\nx: |\n  ...\n... # a\n\n  kind: B\n",
        ] {
            assert_eq!(messages("m.yaml", text), ignored, "{text}");
        }
        for text in
            ["{kind: A}", "{kind: A} # a\n...\n", "kind: A\n...", "kind: A\nx: |\n  ...\n  a\n", "kind: A\nx: # a\n"]
        {
            assert_eq!(messages("m.yaml", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn json_objects_need_no_separator() {
        let objects = "{\"kind\": \"A\"}\n{\"kind\": \"List\", \"items\": [{\"kind\": \"B\"}]} {\"kind\": \"C\"}";
        assert_eq!(names(objects), ["A/", "B/", "C/"]);
        let stream = read_stream(&Source::file("m.json", format!("{objects}\n---\nkind: D\n")), &[], "m.json");
        assert_eq!((stream.objects.len(), stream.refused.len()), (4, 1));
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
    fn only_the_document_that_is_not_utf8_is_refused() {
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
