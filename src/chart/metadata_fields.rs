//! Reading the fields of Chart.yaml one by one, as Go's JSON decoder does: names in any case, numbers and booleans
//! turned into text where text is wanted, and every field of the wrong type reported.

use std::collections::BTreeMap;

use super::metadata::ImportValues;
use crate::diagnostic::{Diagnostic, Span};
use crate::values::{Entry, Map, Node, Value};
use crate::yaml;

/// One map of Chart.yaml, and the mistakes found in it so far.
pub(super) struct Fields<'a> {
    map: &'a Map,
    /// The Go struct's name, which Helm's messages have.
    structure: &'static str,
    path: String,
    errors: Vec<Diagnostic>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(map: &'a Map, structure: &'static str, path: &str) -> Self {
        Fields { map, structure, path: path.to_owned(), errors: Vec::new() }
    }

    /// The mistakes found.
    pub(super) fn into_errors(self) -> Vec<Diagnostic> {
        self.errors
    }

    /// Adds a mistake that is not about a type.
    pub(super) fn refuse(&mut self, error: Diagnostic) {
        self.errors.push(error);
    }

    /// The field's entry. An exact name goes before one in another case; of two, the last wins.
    fn entry(&self, name: &str) -> Option<&'a Entry> {
        let any_case = || self.map.entries().filter(|(key, _)| key.eq_ignore_ascii_case(name)).last();
        self.map.entry(name).or_else(|| any_case().map(|(_, entry)| entry))
    }

    fn node(&self, name: &str) -> Option<&'a Node> {
        self.entry(name).map(|entry| &entry.node).filter(|node| !node.value.is_null())
    }

    /// Where a field's value is written.
    pub(super) fn place(&self, name: &str) -> Span {
        self.entry(name).map(|entry| entry.node.span.clone()).unwrap_or_default()
    }

    /// Where all fields are written.
    pub(super) fn places(&self) -> BTreeMap<String, Span> {
        self.map.entries().map(|(key, entry)| (key.to_owned(), entry.node.span.clone())).collect()
    }

    /// A field that is text; numbers and booleans count as the text they are written as in YAML.
    pub(super) fn text(&mut self, name: &str) -> String {
        match self.node(name) {
            None => String::new(),
            Some(node) => match scalar_text(&node.value) {
                Some(text) => sanitize(&text),
                None => {
                    self.mismatch(name, node, "string");
                    String::new()
                }
            },
        }
    }

    /// A field that is a list of texts.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(node) = self.node(name) else { return Vec::new() };
        let Some(items) = node.value.as_list() else {
            self.mismatch(name, node, "[]string");
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match scalar_text(&item.value) {
                Some(text) => texts.push(sanitize(&text)),
                None if item.value.is_null() => texts.push(String::new()),
                None => self.mismatch(name, item, "string"),
            }
        }
        texts
    }

    /// A field that is true or false.
    pub(super) fn boolean(&mut self, name: &str) -> bool {
        let Some(node) = self.node(name) else { return false };
        node.value.as_bool().unwrap_or_else(|| {
            self.mismatch(name, node, "bool");
            false
        })
    }

    /// A field that maps texts to texts.
    pub(super) fn text_map(&mut self, name: &str) -> Option<BTreeMap<String, String>> {
        let node = self.node(name)?;
        let Some(map) = node.value.as_map() else {
            self.mismatch(name, node, "map[string]string");
            return None;
        };
        let mut texts = BTreeMap::new();
        for (key, item) in map.iter() {
            match scalar_text(&item.value) {
                Some(text) => {
                    texts.insert(key.to_owned(), text);
                }
                None if item.value.is_null() => {
                    texts.insert(key.to_owned(), String::new());
                }
                None => self.mismatch(name, item, "string"),
            }
        }
        Some(texts)
    }

    /// A field that is a list of maps, each read by `read`. Empty items are refused with Helm's sentence.
    pub(super) fn list<T>(&mut self, name: &'static str, read: impl Fn(&mut Fields<'_>) -> T) -> Vec<T> {
        let Some(node) = self.node(name) else { return Vec::new() };
        let Some(items) = node.value.as_list() else {
            self.mismatch(
                name,
                node,
                if name == "maintainers" { "[]*chart.Maintainer" } else { "[]*chart.Dependency" },
            );
            return Vec::new();
        };
        let structure = if name == "maintainers" { "Maintainer" } else { "Dependency" };
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::Map(map) => {
                    let mut fields = Fields::new(map, structure, &format!("{name}."));
                    all.push(read(&mut fields));
                    self.errors.append(&mut fields.errors);
                }
                Value::Null => self.errors.push(
                    Diagnostic::error("chart-yaml", format!("validation: {name} must not contain empty or null nodes"))
                        .at(item.span.clone(), ""),
                ),
                _ => self.mismatch(
                    name,
                    item,
                    if name == "maintainers" { "chart.Maintainer" } else { "chart.Dependency" },
                ),
            }
        }
        all
    }

    /// A dependency's `import-values`: names, or maps with `child` and `parent`.
    pub(super) fn import_values(&mut self, name: &str) -> Vec<ImportValues> {
        let Some(node) = self.node(name) else { return Vec::new() };
        let Some(items) = node.value.as_list() else {
            self.mismatch(name, node, "[]interface {}");
            return Vec::new();
        };
        let import = |item: &Node| match &item.value {
            Value::String(export) => Some(ImportValues { child: format!("exports.{export}"), parent: ".".to_owned() }),
            Value::Map(map) => Some(ImportValues {
                child: map.get("child")?.value.as_str()?.to_owned(),
                parent: map.get("parent")?.value.as_str()?.to_owned(),
            }),
            _ => None,
        };
        items.iter().filter_map(import).collect()
    }

    /// The items of a field that is a list; of any other, none.
    pub(super) fn nodes(&self, name: &str) -> Vec<Node> {
        self.node(name).and_then(|node| node.value.as_list()).map(<[Node]>::to_vec).unwrap_or_default()
    }

    fn mismatch(&mut self, name: &str, node: &Node, wanted: &str) {
        let got = node.value.type_name();
        let field = format!("{}.{}{name}", self.structure, self.path);
        let message = format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {got} into Go struct field {field} of type {wanted}"
        );
        self.errors.push(Diagnostic::error("chart-yaml", message).at(node.span.clone(), wanted_words(wanted)));
    }

    /// The error for a document that is no map.
    pub(super) fn wrong_type(value: &Value, wanted: &str, span: &Span) -> Diagnostic {
        let message = format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type {wanted}",
            value.type_name()
        );
        Diagnostic::error("chart-yaml", message).at(span.clone(), "a map is wanted here")
    }
}

/// A Go type in plain words.
fn wanted_words(go_type: &str) -> &'static str {
    match go_type {
        "bool" => "true or false is wanted here",
        "string" => "text is wanted here",
        "[]string" => "a list of texts is wanted here",
        _ if go_type.starts_with("[]") => "a list is wanted here",
        _ => "a map is wanted here",
    }
}

/// A scalar as the text that YAML's conversion makes of it where text is wanted: `1.10` is `1.1`, `yes` is `true`.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(yaml::json_float(*number)),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// Unicode spaces become plain ones, and what can't be printed vanishes (Helm's rule for texts of Chart.yaml).
fn sanitize(text: &str) -> String {
    let keep = |c: char| match c {
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    };
    text.chars().filter_map(keep).collect()
}
