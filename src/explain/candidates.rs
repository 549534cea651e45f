//! Proposes other values for an experiment to try in place of the one that is set.

use std::cell::Cell;

use crate::json_schema::SchemaView;
use crate::yaml::{Map, Node, Value};

/// The most alterations of one value.
const MAX: usize = 24;
/// The greatest depth of values generated from schemas.
const DEEPEST_SAMPLE: usize = 4;
/// The most schemas that are read for the alterations of one value. Each may refer to many others, which do the same.
const MAX_SCHEMAS: usize = 2_000;

/// Returns alternatives for a value, those most likely to be valid and to matter first; `None` removes the value. Alternatives
/// from the schema (types, `enum`, `examples`, property names) come before guesses from the value itself. Not all of them are
/// valid; the caller checks them against the schema. `value` is `None` if nothing is set.
pub(super) fn alterations(value: Option<&Value>, schema: Option<SchemaView<'_>>) -> Vec<Option<Value>> {
    let sampler = Sampler::default();
    let views = schema.map(SchemaView::alternatives).unwrap_or_default();
    let mut found: Vec<Value> = views.iter().flat_map(SchemaView::named_values).cloned().collect();
    let types: Vec<&str> = views.iter().flat_map(SchemaView::types).collect();
    match value {
        Some(Value::Bool(value)) => found.insert(0, Value::Bool(!value)),
        Some(Value::Int(number)) => found.extend(near_numbers(*number as f64)),
        Some(Value::Float(number)) => found.extend(near_numbers(*number)),
        Some(Value::String(text)) => found.extend(other_texts(text).into_iter().map(Value::String)),
        Some(Value::List(items)) => found.extend(other_lists(items, &views, &sampler)),
        Some(Value::Map(map)) => found.extend(larger_maps(map, &views, &sampler)),
        None | Some(Value::Null) if types.is_empty() && found.is_empty() => {
            found.extend(
                ["string", "integer", "boolean", "array", "object"]
                    .into_iter()
                    .flat_map(|name| sampler.of_type(name, None)),
            );
        }
        None | Some(Value::Null) => {}
    }
    // A value of another type may have another meaning, such as a number instead of a percentage.
    let kinds = |name: &&str| value.is_none_or(|value| !is_of_type(value, name));
    found.extend(types.iter().copied().filter(kinds).flat_map(|name| sampler.of_type(name, views.first().copied())));
    let mut distinct: Vec<Option<Value>> = Vec::new();
    for other in found {
        let is_new = value != Some(&other) && !distinct.contains(&Some(other.clone()));
        if is_new && distinct.len() < MAX {
            distinct.push(Some(other));
        }
    }
    if value.is_some_and(|value| !value.is_null()) {
        distinct.push(None);
    }
    distinct
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "integer" => matches!(value, Value::Int(_) | Value::Float(_)),
        "boolean" => value.as_bool().is_some(),
        other => value.type_name() == other,
    }
}

fn near_numbers(number: f64) -> Vec<Value> {
    let whole = number.fract() == 0.0;
    let mut found = vec![number + 1.0, number - 1.0, number * 2.0, 0.0, 1.0];
    if !whole {
        found.insert(0, number / 2.0);
    }
    found.into_iter().filter(|other| other.is_finite() && *other != number).map(Value::Float).collect()
}

/// Returns strings of the kinds that charts use: names, hosts, addresses, quantities, paths, whole files.
fn other_texts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if let (1.., Ok(number)) = (digits, text[..digits].parse::<u64>()) {
        found.push(format!("{}{}", number.saturating_add(1), &text[digits..]));
    }
    if text.contains('\n') {
        found.push(format!("{}\n# altered\n", text.trim_end()));
    }
    if !text.is_empty() {
        found.push(format!("{text}x"));
        found.push(format!("x{text}"));
    }
    let kinds =
        ["altered", "altered.example.org", "1", "/altered", "192.0.2.1", "1Gi", "10%", "30s", "true", "# altered\n"];
    found.extend(kinds.into_iter().map(str::to_owned));
    found.push(format!("sha256:{}", "0".repeat(64)));
    if !text.is_empty() {
        found.push(String::new());
    }
    found
}

fn other_lists(items: &[Node], views: &[SchemaView<'_>], sampler: &Sampler) -> Vec<Value> {
    let item_view = views.iter().find_map(SchemaView::items);
    let mut found = Vec::new();
    let more = |item: Value| {
        let mut longer = items.to_vec();
        longer.push(Node::generated(item));
        Value::List(longer)
    };
    let samples = match (items.last(), item_view) {
        (_, Some(view)) => sampler.samples(view, 0),
        (None, None) => {
            let named = sampler.of_type("object", None);
            named.into_iter().chain(sampler.of_type("string", None)).collect()
        }
        (Some(last), None) => item_alterations(&last.value, None),
    };
    found.extend(samples.into_iter().map(more));
    if let Some((first, rest)) = items.split_first() {
        let with_first = |value: Value| {
            let mut other = vec![Node::generated(value)];
            other.extend_from_slice(rest);
            Value::List(other)
        };
        found.extend(item_alterations(&first.value, item_view).into_iter().map(with_first));
        found.push(Value::List(rest.to_vec()));
    }
    found
}

/// Returns a few alterations of one item of a list.
fn item_alterations(item: &Value, view: Option<SchemaView<'_>>) -> Vec<Value> {
    const MAX_ITEM_ALTERATIONS: usize = 8;
    let mut found = Vec::new();
    if let Value::Map(map) = item {
        for (key, node) in map.iter() {
            let view = view.and_then(|view| view.property(key));
            if let Some(Some(value)) = alterations(Some(&node.value), view).into_iter().next() {
                found.push(with_entry(map, key, value));
            }
        }
    } else {
        found.extend(alterations(Some(item), view).into_iter().flatten());
    }
    found.truncate(MAX_ITEM_ALTERATIONS);
    found
}

/// Returns the map with one more entry: a property of the schema that it lacks, or an arbitrary key if any is allowed.
fn larger_maps(map: &Map, views: &[SchemaView<'_>], sampler: &Sampler) -> Vec<Value> {
    const MAX_NAMES: usize = 12;
    let mut found = Vec::new();
    for view in views {
        let names = view.properties().into_iter().flat_map(Map::keys).filter(|name| map.get(name).is_none());
        for name in names.take(MAX_NAMES) {
            let samples = view.property(name).map(|property| sampler.samples(property, 1)).unwrap_or_default();
            found.extend(samples.into_iter().take(2).map(|value| with_entry(map, name, value)));
        }
        if view.is_open() {
            let others = view.property("altered").map(|other| sampler.samples(other, 1)).unwrap_or_default();
            found.extend(others.into_iter().map(|value| with_entry(map, "altered", value)));
        }
    }
    if views.is_empty() || found.is_empty() {
        found.push(with_entry(map, "altered", Value::String("altered".to_owned())));
        let inner = with_entry(&Map::new(), "altered", Value::String("altered".to_owned()));
        found.push(with_entry(map, "altered", inner));
    }
    found
}

fn with_entry(map: &Map, key: &str, value: Value) -> Value {
    let mut map = map.clone();
    map.insert(key, crate::diagnostic::Span::generated(), Node::generated(value));
    Value::Map(map)
}

/// Generates values that match a schema.
struct Sampler {
    /// How many schemas may still be read.
    left: Cell<usize>,
}

impl Default for Sampler {
    fn default() -> Self {
        Sampler { left: Cell::new(MAX_SCHEMAS) }
    }
}

impl Sampler {
    /// Whether `schemas` more schemas may be read; they are then counted as read.
    fn has_room(&self, schemas: usize) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(schemas));
        schemas <= left
    }

    /// Generates values for a schema.
    fn samples(&self, schema: SchemaView<'_>, depth: usize) -> Vec<Value> {
        let views = schema.alternatives();
        let mut found: Vec<Value> = views.iter().flat_map(SchemaView::named_values).take(MAX).cloned().collect();
        if depth >= DEEPEST_SAMPLE || !self.has_room(views.len()) {
            return found;
        }
        for view in &views {
            let types = view.types();
            let guessed = if types.is_empty() && view.properties().is_some() { vec!["object"] } else { types };
            found.extend(guessed.into_iter().flat_map(|name| match name {
                "object" => vec![self.sample_map(*view, depth)],
                "array" => {
                    let item = view.items().and_then(|items| self.samples(items, depth + 1).into_iter().next());
                    vec![Value::List(item.map(Node::generated).into_iter().collect())]
                }
                other => self.of_type(other, Some(*view)),
            }));
        }
        if found.is_empty() {
            found.extend(self.of_type("string", None));
        }
        found
    }

    /// Generates a map with the required properties or, so that it isn't empty, the first property.
    fn sample_map(&self, view: SchemaView<'_>, depth: usize) -> Value {
        let required = view.required();
        let first = view.properties().and_then(|properties| properties.keys().next());
        let mut map = Map::new();
        for name in required.iter().copied().chain(first.filter(|_| required.is_empty())) {
            if !self.has_room(1) {
                break;
            }
            let value = view.property(name).and_then(|property| self.samples(property, depth + 1).into_iter().next());
            let value = value.unwrap_or_else(|| Value::String("altered".to_owned()));
            map.insert(name, crate::diagnostic::Span::generated(), Node::generated(value));
        }
        Value::Map(map)
    }

    /// Generates values of a JSON Schema type.
    fn of_type(&self, name: &str, view: Option<SchemaView<'_>>) -> Vec<Value> {
        let text = |text: &str| Value::String(text.to_owned());
        match name {
            "string" => other_texts("").into_iter().map(Value::String).collect(),
            "integer" => vec![Value::Float(1.0), Value::Float(30_000.0), Value::Float(0.0)],
            "number" => vec![Value::Float(1.0), Value::Float(0.5)],
            "boolean" => vec![Value::Bool(true), Value::Bool(false)],
            "array" => match view.and_then(|view| view.items()) {
                Some(items) => {
                    let lists = self.samples(items, 1).into_iter().map(|item| Value::List(vec![Node::generated(item)]));
                    lists.collect()
                }
                None => vec![Value::List(vec![Node::generated(text("altered"))])],
            },
            "object" => match view.filter(|view| view.properties().is_some()) {
                Some(view) => vec![self.sample_map(view, 0)],
                None => vec![with_entry(&Map::new(), "name", text("altered"))],
            },
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn yaml(text: &str) -> Value {
        crate::yaml::read_document(&Source::file("x", text)).unwrap().value
    }

    fn altered(value: &str, schema: &str) -> Vec<String> {
        let document = crate::json::read(&Source::file("s", schema), 0..schema.len()).unwrap();
        let found = alterations(Some(&yaml(value)), SchemaView::of_document(&document));
        found.iter().map(|value| value.as_ref().map_or("-".to_owned(), crate::json::write)).collect()
    }

    #[test]
    fn choices_of_the_schema_come_first() {
        assert_eq!(altered("mnesia", r#"{"enum": ["mnesia", "rdbms"]}"#)[0], r#""rdbms""#);
        assert_eq!(altered("x", r#"{"anyOf": [{"const": "a"}, {"examples": ["b"]}]}"#)[..2], [r#""a""#, r#""b""#]);
    }

    #[test]
    fn every_kind_of_value_has_alternatives() {
        assert_eq!(altered("true", "{}"), ["false", "-"]);
        assert_eq!(altered("3", "{}"), ["4", "2", "6", "0", "1", "-"]);
        assert_eq!(altered("10Gi", "{}")[0], r#""11Gi""#);
        assert_eq!(altered("[a]", "{}")[..2], [r#"["a","ax"]"#, r#"["a","xa"]"#]);
        assert!(altered("[a]", "{}").contains(&"[]".to_owned()));
        assert_eq!(altered("{}", "{}")[0], r#"{"altered":"altered"}"#);
        assert_eq!(
            altered("{}", r#"{"properties": {"port": {"type": "integer"}}, "additionalProperties": false}"#)[0],
            r#"{"port":1}"#
        );
        assert!(altered("~", "{}").len() > 5);
        assert_eq!(altered("~", r#"{"type": ["null", "boolean"]}"#), ["true", "false"]);
    }

    #[test]
    fn lists_grow_by_items_that_their_schema_describes() {
        let schema = r#"{"items": {"required": ["name"], "properties": {"name": {"type": "string"}}}}"#;
        assert_eq!(altered("[]", schema)[0], r#"[{"name":"altered"}]"#);
    }

    #[test]
    fn recursive_schemas_end() {
        let schema = r##"{"$ref": "#/d/a", "d": {"a": {"required": ["a"], "properties": {"a": {"$ref": "#/d/a"}}}}}"##;
        assert!(!altered("{}", schema).is_empty());
    }

    #[test]
    fn schemas_with_many_required_properties_end() {
        let names = |level: usize| {
            let names: Vec<String> = (0..200).map(|name| format!(r#""n{name}""#)).collect();
            let next = format!(r##"{{"$ref": "#/d/{}"}}"##, level + 1);
            let properties: Vec<String> = names.iter().map(|name| format!("{name}: {next}")).collect();
            let choice = format!(r#""anyOf": [{next}, {next}]"#);
            format!(
                r#""{level}": {{"required": [{}], "properties": {{{}}}, {choice}}}"#,
                names.join(","),
                properties.join(",")
            )
        };
        let levels: Vec<String> = (0..6).map(names).collect();
        let schema = format!(r##"{{"$ref": "#/d/0", "d": {{{}, "6": {{"type": "string"}}}}}}"##, levels.join(", "));
        assert!(!altered("{}", &schema).is_empty());
    }
}
