//! Masks secrets in values, in objects and in the text of documents.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::value_id::ValueId;
use super::write_only::{env_entry_name, literal_text};
use super::{Secrets, is_secret};
use crate::diagnostic::{Hidden, Source};
use crate::json::scalar_text;
use crate::values::{Step, ValuePath};
use crate::yaml;
use crate::yaml::{Map, Node, Value};

/// Why a value may be secret.
#[derive(Clone, Copy, PartialEq)]
enum Reason {
    /// It is in the data of a Secret.
    Data,
    /// Its key names a secret.
    Key,
    /// Nothing says so, but a known secret may be part of it.
    None,
}

/// The text that replaces a scalar.
struct Mask {
    text: String,
    /// Whether the whole scalar is masked.
    is_whole: bool,
}

type Change<'c> = dyn FnMut(&mut Node, Mask) + 'c;

impl Secrets {
    /// Returns an object with its secrets masked. All data of a Secret is masked.
    pub fn masked(&self, object: &Map) -> Map {
        let mut object = object.clone();
        if self.is_open {
            if !self.keeps_data {
                decode_data(&mut object);
            }
        } else {
            self.visit(&mut object, &mut |node, mask| node.value = Value::String(mask.text));
        }
        object
    }

    /// Calls `change` with every scalar of an object that is or holds a secret, and with its replacement.
    fn visit(&self, object: &mut Map, change: &mut Change<'_>) {
        let has_data = is_secret(object);
        for (key, node) in object.iter_mut() {
            match key {
                "data" | "stringData" if has_data => self.visit_node(node, Reason::Data, change),
                "apiVersion" | "kind" => {}
                "metadata" => {
                    let Some(metadata) = node.value.as_map_mut() else { continue };
                    for (key, node) in metadata.iter_mut().filter(|(key, _)| !matches!(*key, "name" | "namespace")) {
                        self.visit_entry(node, key, change);
                    }
                }
                // The items of a List are objects.
                "items" if node.value.as_list().is_some() => {
                    let Value::List(items) = &mut node.value else { continue };
                    for item in items {
                        match &mut item.value {
                            Value::Map(map) => self.visit(map, change),
                            _ => self.visit_node(item, Reason::None, change),
                        }
                    }
                }
                key => self.visit_entry(node, key, change),
            }
        }
    }

    fn visit_entry(&self, node: &mut Node, key: &str, change: &mut Change<'_>) {
        let reason = if self.names_a_secret(key) { Reason::Key } else { Reason::None };
        self.visit_node(node, reason, change);
    }

    fn visit_node(&self, node: &mut Node, reason: Reason, change: &mut Change<'_>) {
        match &mut node.value {
            Value::Map(map) => {
                let entry = env_entry_name(map).is_some_and(|name| self.names_a_secret(name));
                for (key, node) in map.iter_mut() {
                    let reason = match reason {
                        Reason::Data => Reason::Data,
                        _ if entry && key == "value" || self.names_a_secret(key) => Reason::Key,
                        _ => Reason::None,
                    };
                    self.visit_node(node, reason, change);
                }
            }
            Value::List(items) => items.iter_mut().for_each(|node| self.visit_node(node, reason, change)),
            Value::Null => {}
            value => {
                let Some(text) = scalar_text(value) else { return };
                if let Some(mask) = self.mask_scalar(value, &text, reason).filter(|mask| mask.text != text) {
                    change(node, mask);
                }
            }
        }
    }

    fn mask_scalar(&self, value: &Value, text: &str, reason: Reason) -> Option<Mask> {
        let is_text = value.as_str().is_some();
        let whole = |number| Some(Mask { text: self.mask_of(number), is_whole: true });
        match reason {
            Reason::Data => whole(self.number(text)),
            Reason::Key if literal_text(value).is_some() && !self.public.contains(text.trim()) => {
                whole(self.number(text))
            }
            // Elsewhere, only long numbers are masked: a short one may be a port or a count.
            _ if !is_text && text.len() < super::finder::LONG_ENOUGH => None,
            _ => {
                let (text, is_whole) = self.masked_text(text);
                Some(Mask { text, is_whole })
            }
        }
    }

    /// Returns the number of a secret that is the whole string, in base64 or not.
    fn number(&self, text: &str) -> Option<usize> {
        let compact: String = text.split_ascii_whitespace().collect();
        let decoded = STANDARD.decode(&compact).ok().and_then(|bytes| self.numbers.get(&bytes));
        decoded.or_else(|| self.numbers.get(text.as_bytes())).copied()
    }

    /// Returns a value with its secrets masked. The path decides whether the value itself is secret.
    pub fn masked_value(&self, path: &ValuePath, value: &Value) -> Value {
        let mut node = Node::generated(value.clone());
        if !self.is_open {
            self.mask_values(&mut node, ValueId::new(path), last_key(path));
        }
        node.value
    }

    /// Returns values with their secrets masked, including in the flags that set them.
    pub fn masked_values(&self, values: &Map) -> Map {
        let mut values = values.clone();
        if !self.is_open {
            let mut excerpts = super::excerpts::Excerpts::new(self);
            for (key, node) in values.iter_mut() {
                self.mask_values(node, ValueId::default().key(key), Some(key));
                excerpts.hide_in_flags(node);
            }
        }
        values
    }

    /// Whether the value at a path is secret, whatever its content.
    pub fn is_secret_value(&self, path: &ValuePath) -> bool {
        self.is_marked(ValueId::new(path), last_key(path))
    }

    /// Whether a value is secret by its path or by its last key.
    fn is_marked(&self, id: ValueId, key: Option<&str>) -> bool {
        !self.is_open && (self.values.contains(&id) || key.is_some_and(|key| self.names_a_secret(key)))
    }

    fn mask_values(&self, node: &mut Node, id: ValueId, key: Option<&str>) {
        match &mut node.value {
            Value::Map(map) => {
                let entry = env_entry_name(map).is_some_and(|name| self.names_a_secret(name));
                for (key, node) in map.iter_mut() {
                    match literal_text(&node.value).filter(|_| entry && key == "value") {
                        Some(text) => node.value = Value::String(self.mask_of(self.number(&text))),
                        None => self.mask_values(node, id.key(key), Some(key)),
                    }
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.mask_values(item, id.item(index), key);
                }
            }
            Value::Null => {}
            value => {
                let Some(text) = scalar_text(value).filter(|text| !text.is_empty()) else { return };
                let is_default = self.public_values.contains(&(id, text.clone()));
                let is_named = literal_text(value).is_some() && self.is_marked(id, key);
                if (self.values.contains(&id) || is_named) && !is_default {
                    *value = Value::String(self.mask_of(self.number(&text)));
                } else if value.as_str().is_some() {
                    let masked = self.mask(&text);
                    if masked != text {
                        *value = Value::String(masked);
                    }
                }
            }
        }
    }

    /// Returns the text of an object for people to compare: the document as it is written, with its secrets masked. Returns
    /// `None` if masking would change anything else; the caller then writes the fields.
    pub fn text_of(&self, source: &Source, range: Range<usize>, fields: &Map, masked: &Map) -> Option<String> {
        let text = &source.text()[range.clone()];
        if self.is_open {
            return (fields == masked).then(|| text.to_owned());
        }
        if fields == masked && (!text.contains('#') || self.found_in(text).is_empty()) {
            return Some(text.to_owned());
        }
        let hidden = self.hidden_in_document(source, range.clone())?;
        let shown = source.hiding(hidden).shown(range).text;
        let read = yaml::read_document(&Source::rendered("", shown.as_str())).ok()?;
        (read.value.as_map() == Some(masked)).then_some(shown)
    }

    /// Returns what to hide in a YAML document: whole scalars, and parts of strings and comments. `None` if the document cannot
    /// be read.
    pub(super) fn hidden_in_document(&self, source: &Source, range: Range<usize>) -> Option<Vec<Hidden>> {
        let mut document = yaml::read_document_at(source, range.clone()).ok()?;
        let Value::Map(map) = &mut document.value else { return None };
        let mut hidden = Vec::new();
        let mut keys = Vec::new();
        places_of_keys(map, &mut keys);
        keys.sort_by_key(|range| range.start);
        self.visit(map, &mut |node, mask| {
            let written = node.span.text();
            let start = node.span.start();
            // The rest of a partly secret text stays. Known secrets in it are found below.
            let text = node.value.as_str().filter(|_| !mask.is_whole).unwrap_or_default();
            let (read, shown) = (self.assigned(text), self.assigned(written));
            if mask.is_whole {
                hidden.push(Hidden { range: start..start + written.trim_end().len(), mask: mask.text });
            } else if read.len() > shown.len() {
                // Escapes or folded lines hide some assignments in the written form, so all of it is masked.
                hidden.push(Hidden { range: start..start + written.trim_end().len(), mask: self.mask_of(None) });
            } else {
                hidden.extend(shown.into_iter().map(|found| Hidden {
                    range: start + found.range.start..start + found.range.end,
                    mask: self.mask_of(found.number),
                }));
            }
        });
        for found in self.found_in(&source.text()[range.clone()]) {
            let found_range = range.start + found.range.start..range.start + found.range.end;
            let first = keys.partition_point(|key| key.end <= found_range.start);
            let is_key = keys.get(first).is_some_and(|key| key.start < found_range.end);
            let is_in_a_scalar =
                |other: &Hidden| other.range.start < found_range.end && found_range.start < other.range.end;
            if !is_key && !hidden.iter().any(is_in_a_scalar) {
                hidden.push(Hidden { range: found_range, mask: self.mask_of(found.number) });
            }
        }
        Some(hidden)
    }
}

fn places_of_keys(map: &Map, keys: &mut Vec<Range<usize>>) {
    for (_, entry) in map.entries() {
        keys.push(entry.key.range());
        let mut pending = vec![&entry.node];
        while let Some(node) = pending.pop() {
            match &node.value {
                Value::Map(map) => places_of_keys(map, keys),
                Value::List(items) => pending.extend(items),
                _ => {}
            }
        }
    }
}

/// Decodes the data of a Secret where it is text.
fn decode_data(object: &mut Map) {
    if !is_secret(object) {
        return;
    }
    let Some(data) = object.get_mut("data").and_then(|node| node.value.as_map_mut()) else { return };
    for (_, node) in data.iter_mut() {
        let bytes = node.value.as_str().and_then(|text| STANDARD.decode(text.trim()).ok());
        if let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            node.value = Value::String(text);
        }
    }
}

/// Returns the last key of a path. The items of a list have the key of the list.
fn last_key(path: &ValuePath) -> Option<&str> {
    path.steps().iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Item(_) => None,
    })
}
