//! Reads the fields of Chart.yaml one by one, like Go's JSON decoder: names in any case, numbers and booleans converted to
//! strings where a string is expected, and every field of the wrong type reported.
//!
//! A field may be written several times in different cases (`Name`, `name`). Go decodes the keys in byte order into the same
//! variable: a null leaves a string or boolean as it is but clears a list or map, maps are merged, and an item of a list is
//! merged into the item that was there before.

use std::collections::BTreeMap;

use super::import_declaration::ImportValues;
use crate::diagnostic::{Diagnostic, Span};

use crate::go::strconv::quote_double;
use crate::values::display;
use crate::yaml::{Entry, Map, Node, Value, decode};

/// The errors in the fields of Chart.yaml, each list in Helm's order, which is by field name.
#[derive(Debug, Default)]
pub struct FieldMistakes {
    /// Values of the wrong type.
    pub types: Vec<Diagnostic>,
    /// Unknown fields.
    pub unknown: Vec<Diagnostic>,
    /// Null items in lists: the list's name, and the place.
    pub(super) empty_items: Vec<(&'static str, Span)>,
}

/// A map in Chart.yaml, and the errors found in it so far, each with the key it concerns.
pub(super) struct Fields<'a> {
    /// The map; several ones for an item of a list that is written several times.
    maps: Vec<&'a Map>,
    /// The Go struct's name, for Helm's messages.
    structure: &'static str,
    path: String,
    known: Vec<&'static str>,
    types: Vec<(&'a str, Diagnostic)>,
    unknown: Vec<(&'a str, Diagnostic)>,
    empty_items: Vec<(&'static str, Span)>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(maps: Vec<&'a Map>, structure: &'static str, path: &str) -> Self {
        let path = path.to_owned();
        Fields { maps, structure, path, known: vec![], types: vec![], unknown: vec![], empty_items: vec![] }
    }

    /// Returns the errors found. Fields that were never read are unknown.
    pub(super) fn into_mistakes(mut self) -> FieldMistakes {
        for (key, entry) in self.maps.iter().flat_map(|map| map.entries()) {
            if !self.known.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                let message =
                    format!("error unmarshaling JSON: while decoding JSON: json: unknown field {}", quote_double(key));
                self.unknown.push((key, Diagnostic::warning("chart-yaml", message).at(entry.key.clone(), "")));
            }
        }
        self.types.sort_by_key(|(key, _)| *key);
        self.unknown.sort_by_key(|(key, _)| *key);
        let errors = |found: Vec<(&str, Diagnostic)>| found.into_iter().map(|(_, error)| error).collect();
        FieldMistakes { types: errors(self.types), unknown: errors(self.unknown), empty_items: self.empty_items }
    }

    /// Adds an error about a field other than a wrong type.
    pub(super) fn refuse(&mut self, name: &'static str, error: Diagnostic) {
        self.types.push((name, error));
    }

    /// Returns the keys and entries of a field, in any case, in the order in which Go decodes them.
    fn written(&self, name: &str) -> Vec<(&'a str, &'a Entry)> {
        let mut written = Vec::new();
        for map in &self.maps {
            let from = written.len();
            written.extend(map.entries().filter(|(key, _)| key.eq_ignore_ascii_case(name)));
            written[from..].sort_by_key(|(key, _)| *key);
        }
        written
    }

    /// Like [`Fields::written`], but marks the field as known, and returns only keys and values.
    fn read(&mut self, name: &'static str) -> Vec<(&'a str, &'a Node)> {
        self.known.push(name);
        self.written(name).into_iter().map(|(key, entry)| (key, &entry.node)).collect()
    }

    /// Returns the value of a field that is neither a list nor a map, unless it is absent or null.
    pub(super) fn node(&mut self, name: &'static str) -> Option<&'a Node> {
        self.read(name).into_iter().map(|(_, node)| node).rfind(|node| !node.value.is_null())
    }

    /// Whether the list or map is present and not null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.written(name).last().is_some_and(|(_, entry)| !entry.node.value.is_null())
    }

    /// Whether the list or map is present and null.
    pub(super) fn is_null(&self, name: &str) -> bool {
        self.written(name).last().is_some_and(|(_, entry)| entry.node.value.is_null())
    }

    /// Returns the place of a field's value.
    pub(super) fn place(&self, name: &str) -> Span {
        let written = self.written(name);
        let set = written.iter().rev().find(|(_, entry)| !entry.node.value.is_null());
        set.or(written.last()).map(|(_, entry)| entry.node.span.clone()).unwrap_or_default()
    }

    /// Returns the places of all fields, by key in lower case, because names match in any case.
    pub(super) fn places(&self) -> BTreeMap<String, Span> {
        let mut entries: Vec<(&str, &Entry)> = self.maps.iter().flat_map(|map| map.entries()).collect();
        // The last value in Go's order is used, a null only if there is nothing else.
        entries.sort_by_key(|(key, entry)| (!entry.node.value.is_null(), *key));
        entries.into_iter().map(|(key, entry)| (key.to_ascii_lowercase(), entry.node.span.clone())).collect()
    }

    /// Reads a string field; numbers and booleans are converted to the text that go-yaml writes for them.
    pub(super) fn text(&mut self, name: &'static str) -> String {
        let mut read = String::new();
        for (key, node) in self.read(name).into_iter().filter(|(_, node)| !node.value.is_null()) {
            match decode::text_of(node) {
                Some(text) => read = sanitize(&text),
                None => self.mismatch(key, name, node, "string"),
            }
        }
        read
    }

    /// Reads a field that is a list of strings.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        // Go keeps the items beyond the end of a shorter list, and a null in a later list leaves them as they are.
        let mut length = 0;
        for (key, node) in self.read(name) {
            let Some(items) = self.items((key, name), node, || "[]string".to_owned()) else { continue };
            if items.is_empty() {
                texts.clear();
            }
            for (at, item) in items.iter().enumerate() {
                if at == texts.len() {
                    texts.push(String::new());
                }
                match decode::text_of(item) {
                    _ if item.value.is_null() => {}
                    Some(text) => texts[at] = sanitize(&text),
                    None => self.mismatch(key, name, item, "string"),
                }
            }
            length = items.len();
        }
        texts.truncate(length);
        texts
    }

    /// Returns the items of a list, of which null has none; `None` after reporting a value of another type.
    fn items(
        &mut self,
        (key, name): (&'a str, &'static str),
        node: &'a Node,
        go_type: impl FnOnce() -> String,
    ) -> Option<&'a [Node]> {
        let items = node.value.as_list().or(node.value.is_null().then_some(&[]));
        if items.is_none() {
            self.mismatch(key, name, node, &go_type());
        }
        items
    }

    /// Reads a boolean field.
    pub(super) fn boolean(&mut self, name: &'static str) -> bool {
        let mut read = false;
        for (key, node) in self.read(name).into_iter().filter(|(_, node)| !node.value.is_null()) {
            match node.value.as_bool() {
                Some(value) => read = value,
                None => self.mismatch(key, name, node, "bool"),
            }
        }
        read
    }

    /// Reads a field that maps strings to strings.
    pub(super) fn text_map(&mut self, name: &'static str) -> Option<BTreeMap<String, String>> {
        let mut texts = None;
        for (field, node) in self.read(name) {
            if node.value.is_null() {
                texts = None;
                continue;
            }
            let Some(map) = node.value.as_map() else {
                self.mismatch(field, name, node, "map[string]string");
                continue;
            };
            let texts = texts.get_or_insert_with(BTreeMap::new);
            for (key, item) in map.iter() {
                match decode::text_of(item) {
                    Some(text) => {
                        texts.insert(key.to_owned(), text);
                    }
                    None => self.mismatch(field, name, item, "string"),
                }
            }
        }
        texts
    }

    /// Reads a field that is a list of maps, each read by `read`; `structure` is the name of their Go struct.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        structure: &'static str,
        read: impl Fn(&mut Fields<'_>) -> T,
    ) -> Vec<T> {
        let mut items: Vec<Item<'a>> = Vec::new();
        let mut dropped: Vec<Item<'a>> = Vec::new();
        let mut length = 0;
        for (key, node) in self.read(name) {
            let go_type = || format!("[]*v2.{structure}");
            let Some(written) = self.items((key, name), node, go_type) else { continue };
            if written.is_empty() {
                dropped.append(&mut items);
            }
            for (at, item) in written.iter().enumerate() {
                if at == items.len() {
                    items.push(Item::default());
                }
                match &item.value {
                    Value::Map(map) => {
                        items[at].key = key;
                        items[at].maps.push(map);
                    }
                    Value::Null => {
                        let null = Item { null: Some(item.span.clone()), ..Item::default() };
                        dropped.push(std::mem::replace(&mut items[at], null));
                    }
                    _ => items[at].mismatches.push((key, item)),
                }
            }
            length = written.len();
        }
        dropped.extend(items.drain(length..));
        let mut read_item = |Item { key, maps, mismatches, null }: Item<'a>| {
            for (key, item) in mismatches {
                self.mismatch(key, name, item, &format!("v2.{structure}"));
            }
            if maps.is_empty() {
                self.empty_items.extend(null.map(|place| (name, place)));
                return None;
            }
            let mut fields = Fields::new(maps, structure, &format!("{name}."));
            let read = read(&mut fields);
            let FieldMistakes { types, unknown, .. } = fields.into_mistakes();
            self.types.extend(types.into_iter().map(|error| (key, error)));
            self.unknown.extend(unknown.into_iter().map(|error| (key, error)));
            Some(read)
        };
        let all = items.into_iter().filter_map(&mut read_item).collect();
        // Items that a later list replaced count only for their errors.
        for item in dropped {
            read_item(Item { null: None, ..item });
        }
        all
    }

    /// Reads a dependency's `import-values`: names, or maps with `child` and `parent`.
    pub(super) fn import_values(&mut self, name: &'static str) -> Vec<ImportValues> {
        for (key, node) in self.read(name) {
            if !node.value.is_null() && node.value.as_list().is_none() {
                self.mismatch(key, name, node, "[]interface {}");
            }
        }
        let items = self.last_list(name);
        let import = |item: &Node| match &item.value {
            Value::String(export) => {
                Some(ImportValues { child: format!("exports.{export}"), parent: ".".to_owned(), is_short: true })
            }
            // Values that are not strings are converted as Go prints them.
            Value::Map(map) => {
                let text = |key: &str| map.get(key).map_or_else(|| "<nil>".to_owned(), |node| display(&node.value));
                Some(ImportValues { child: text("child"), parent: text("parent"), is_short: false })
            }
            _ => None,
        };
        items.iter().filter_map(import).collect()
    }

    /// Returns the items of a field that is a list; none for any other field.
    pub(super) fn nodes(&self, name: &'static str) -> Vec<Node> {
        self.last_list(name).to_vec()
    }

    /// Returns the items of the last list or null under a name.
    fn last_list(&self, name: &str) -> &'a [Node] {
        let is_read = |node: &&Node| node.value.is_null() || node.value.as_list().is_some();
        let last = self.written(name).into_iter().rev().map(|(_, entry)| &entry.node).find(is_read);
        last.and_then(|node| node.value.as_list()).unwrap_or_default()
    }

    fn mismatch(&mut self, key: &'a str, name: &'static str, node: &Node, wanted: &str) {
        let got = node.value.type_name();
        let field = format!("{}.{}{name}", self.structure, self.path);
        let message = format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {got} into Go struct field {field} of type {wanted}"
        );
        let error = Diagnostic::error("chart-yaml", message).at(node.span.clone(), expected_type_text(wanted));
        self.types.push((key, error));
    }

    /// Returns the error for a document that is not a map.
    pub(super) fn wrong_type(value: &Value, wanted: &str, span: &Span) -> Diagnostic {
        let message = format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type {wanted}",
            value.type_name()
        );
        Diagnostic::error("chart-yaml", message).at(span.clone(), "expected a map")
    }
}

/// An item of a list, from all lists that are written under the same name.
#[derive(Default)]
struct Item<'a> {
    /// The key of the last list that has it.
    key: &'a str,
    maps: Vec<&'a Map>,
    /// What is not a map, with the keys of the lists.
    mismatches: Vec<(&'a str, &'a Node)>,
    /// Where the last list has a null instead.
    null: Option<Span>,
}

/// Describes a Go type in plain English.
fn expected_type_text(go_type: &str) -> &'static str {
    match go_type {
        "bool" => "expected true or false",
        "string" => "expected a string",
        "[]string" => "expected a list of strings",
        _ if go_type.starts_with("[]") => "expected a list",
        _ => "expected a map",
    }
}

/// Replaces white space with plain spaces and removes control characters (Helm's rule for texts in Chart.yaml).
fn sanitize(text: &str) -> String {
    let keep = |c: char| match c {
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    };
    text.chars().filter_map(keep).collect()
}

#[cfg(test)]
mod tests {
    use crate::chart::{Chart, File};
    use crate::diagnostic::Span;

    #[test]
    fn places_are_found_in_whatever_case_fields_are_written() {
        let file = |path: &str, text: &str| File::new(path, text.as_bytes().to_vec());
        let files = vec![
            file("Chart.yaml", "apiVersion: v2\nName: web\nversion: 1.0.0\nENGINE: gotpl\n"),
            file("templates/a.yaml", "a: {% if Values.a %}x{% endif %}\n"),
        ];
        let chart = Chart::from_files(files).expect("a chart");
        assert_eq!(chart.metadata.place("name").text(), "web");
        assert_eq!(chart.metadata.place("engine").text(), "gotpl");
        assert_eq!(chart.metadata.place("icon"), Span::generated());
        assert!(chart.undeclared_tera_charts().is_empty());
    }

    /// Recorded from Helm.
    #[test]
    fn fields_in_several_cases_are_merged_as_in_helm() {
        let yaml = "apiVersion: v2\nName: web\nname: ~\nversion: 1.0.0\nDeprecated: true\ndeprecated: ~\n\
            Annotations: {a: b, c: d}\nannotations: {a: x}\nKEYWORDS: [a, b]\nKeywords: [c]\nkeywords: [~, ~]\n\
            Maintainers: [{name: x, Email: a@b.c}]\nmaintainers: [{url: u}]\nSources: [s]\nsources: ~\n";
        let file = File::new("Chart.yaml", yaml.as_bytes().to_vec());
        let metadata = Chart::from_files(vec![file]).expect("a chart").metadata;
        assert_eq!((metadata.name.as_str(), metadata.deprecated), ("web", true));
        assert_eq!(metadata.place("name").text(), "web");
        let annotations = metadata.annotations.expect("annotations");
        assert_eq!((annotations["a"].as_str(), annotations["c"].as_str()), ("x", "d"));
        assert_eq!(metadata.keywords, ["c", "b"]);
        assert!(metadata.sources.is_empty());
        let [maintainer] = &metadata.maintainers[..] else { panic!("{:?}", metadata.maintainers) };
        assert_eq!((maintainer.name.as_str(), maintainer.email.as_str(), maintainer.url.as_str()), ("x", "a@b.c", "u"));
    }

    /// Recorded from Helm.
    #[test]
    fn numbers_become_texts_as_in_helm() {
        for (written, text) in [
            ("1.10", "1.1"),
            ("1e6", "1e+06"),
            ("72225e2", "7.2225e+06"),
            ("1.5e3", "1500"),
            ("1.23456789", "1.2345679"),
            ("1000000", "1000000"),
            ("12345678", "12345678"),
            ("1e400", "1e400"),
            ("0x10", "16"),
            ("yes", "true"),
        ] {
            let yaml = format!(
                "apiVersion: v2\nname: c\nversion: 1.0.0\nappVersion: {written}\nannotations: {{a: {written}}}\nkeywords: [{written}]\n"
            );
            let file = File::new("Chart.yaml", yaml.into_bytes());
            let metadata = Chart::from_files(vec![file]).expect("a chart").metadata;
            assert_eq!((metadata.app_version.as_str(), metadata.keywords[0].as_str()), (text, text), "{written}");
            assert_eq!(metadata.annotations.expect("annotations")["a"], text, "{written}");
        }
    }
}
