//! Reads the fields of Chart.yaml one by one, like Go's JSON decoder: names in any case, numbers and booleans converted to
//! strings where a string is expected, and every field of the wrong type reported.

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
    map: &'a Map,
    /// The Go struct's name, for Helm's messages.
    structure: &'static str,
    path: String,
    known: Vec<&'static str>,
    types: Vec<(&'a str, Diagnostic)>,
    unknown: Vec<(&'a str, Diagnostic)>,
    empty_items: Vec<(&'static str, Span)>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(map: &'a Map, structure: &'static str, path: &str) -> Self {
        let path = path.to_owned();
        Fields { map, structure, path, known: vec![], types: vec![], unknown: vec![], empty_items: vec![] }
    }

    /// Returns the errors found. Fields that were never read are unknown.
    pub(super) fn into_mistakes(mut self) -> FieldMistakes {
        for (key, entry) in self.map.entries() {
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

    /// Returns the field's key as written, and its entry. Names match in any case; of several matches the last in byte
    /// order wins, because Go decodes keys in that order.
    fn entry(&self, name: &str) -> Option<(&'a str, &'a Entry)> {
        let named = self.map.entries().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.max_by_key(|(key, _)| *key)
    }

    /// Returns the field's value, unless it is absent or null, and marks the field as known.
    pub(super) fn node(&mut self, name: &'static str) -> Option<&'a Node> {
        self.known.push(name);
        self.entry(name).map(|(_, entry)| &entry.node).filter(|node| !node.value.is_null())
    }

    /// Whether the field is present and not null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some_and(|(_, entry)| !entry.node.value.is_null())
    }

    /// Whether the field is present and null.
    pub(super) fn is_null(&self, name: &str) -> bool {
        self.entry(name).is_some_and(|(_, entry)| entry.node.value.is_null())
    }

    /// Returns the place of a field's value.
    pub(super) fn place(&self, name: &str) -> Span {
        self.entry(name).map(|(_, entry)| entry.node.span.clone()).unwrap_or_default()
    }

    /// Returns the places of all fields, by key in lower case, because names match in any case.
    pub(super) fn places(&self) -> BTreeMap<String, Span> {
        let names = self.map.keys().map(str::to_ascii_lowercase);
        names.map(|name| (self.place(&name), name)).map(|(place, name)| (name, place)).collect()
    }

    /// Reads a string field; numbers and booleans are converted to the text that go-yaml writes for them.
    pub(super) fn text(&mut self, name: &'static str) -> String {
        match self.node(name) {
            None => String::new(),
            Some(node) => match decode::text_of(node) {
                Some(text) => sanitize(&text),
                None => {
                    self.mismatch(name, node, "string");
                    String::new()
                }
            },
        }
    }

    /// Reads a field that is a list of strings.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<String> {
        let Some(node) = self.node(name) else { return Vec::new() };
        let Some(items) = node.value.as_list() else {
            self.mismatch(name, node, "[]string");
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match decode::text_of(item) {
                Some(text) => texts.push(sanitize(&text)),
                None => self.mismatch(name, item, "string"),
            }
        }
        texts
    }

    /// Reads a boolean field.
    pub(super) fn boolean(&mut self, name: &'static str) -> bool {
        let Some(node) = self.node(name) else { return false };
        node.value.as_bool().unwrap_or_else(|| {
            self.mismatch(name, node, "bool");
            false
        })
    }

    /// Reads a field that maps strings to strings.
    pub(super) fn text_map(&mut self, name: &'static str) -> Option<BTreeMap<String, String>> {
        let node = self.node(name)?;
        let Some(map) = node.value.as_map() else {
            self.mismatch(name, node, "map[string]string");
            return None;
        };
        let mut texts = BTreeMap::new();
        for (key, item) in map.iter() {
            match decode::text_of(item) {
                Some(text) => {
                    texts.insert(key.to_owned(), text);
                }
                None => self.mismatch(name, item, "string"),
            }
        }
        Some(texts)
    }

    /// Reads a field that is a list of maps, each read by `read`; `structure` is the name of their Go struct.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        structure: &'static str,
        read: impl Fn(&mut Fields<'_>) -> T,
    ) -> Vec<T> {
        let Some(node) = self.node(name) else { return Vec::new() };
        let Some(items) = node.value.as_list() else {
            self.mismatch(name, node, &format!("[]*v2.{structure}"));
            return Vec::new();
        };
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::Map(map) => {
                    let mut fields = Fields::new(map, structure, &format!("{name}."));
                    all.push(read(&mut fields));
                    let FieldMistakes { types, unknown, .. } = fields.into_mistakes();
                    let key = self.entry(name).map_or(name, |(key, _)| key);
                    self.types.extend(types.into_iter().map(|error| (key, error)));
                    self.unknown.extend(unknown.into_iter().map(|error| (key, error)));
                }
                Value::Null => self.empty_items.push((name, item.span.clone())),
                _ => self.mismatch(name, item, &format!("v2.{structure}")),
            }
        }
        all
    }

    /// Reads a dependency's `import-values`: names, or maps with `child` and `parent`.
    pub(super) fn import_values(&mut self, name: &'static str) -> Vec<ImportValues> {
        let Some(node) = self.node(name) else { return Vec::new() };
        let Some(items) = node.value.as_list() else {
            self.mismatch(name, node, "[]interface {}");
            return Vec::new();
        };
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
    pub(super) fn nodes(&mut self, name: &'static str) -> Vec<Node> {
        self.node(name).and_then(|node| node.value.as_list()).map(<[Node]>::to_vec).unwrap_or_default()
    }

    fn mismatch(&mut self, name: &'static str, node: &Node, wanted: &str) {
        let key = self.entry(name).map_or(name, |(key, _)| key);
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
