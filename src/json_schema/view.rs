//! Reads a schema document for purposes other than validation, such as which keys a map may have or which media
//! type a string has.

use std::collections::HashSet;

use crate::yaml::{Map, Node, Value};

/// The maximum number of consecutive `$ref`s that are followed; a longer chain is a cycle.
const MAX_REFERENCES: usize = 32;
/// The maximum number of schemas considered for one value: in hand-written charts there are a handful.
const MAX_ALTERNATIVES: usize = 256;

/// A schema inside a schema document.
#[derive(Debug, Clone, Copy)]
pub struct SchemaView<'a> {
    document: &'a Node,
    schema: &'a Map,
}

impl<'a> SchemaView<'a> {
    /// Returns the schema of a whole document; `None` if that is `true` or `false`.
    pub fn of_document(document: &'a Node) -> Option<Self> {
        SchemaView { document, schema: document.value.as_map()? }.resolved()
    }

    fn at(&self, node: &'a Node) -> Option<Self> {
        SchemaView { document: self.document, schema: node.value.as_map()? }.resolved()
    }

    /// Follows local `$ref`s.
    fn resolved(mut self) -> Option<Self> {
        for _ in 0..MAX_REFERENCES {
            let Some(target) = self.schema.get("$ref").and_then(|node| node.value.as_str()) else { return Some(self) };
            let pointer = target.strip_prefix('#')?;
            let mut node = self.document;
            for part in pointer.split('/').skip(1) {
                node = node.value.as_map()?.get(&part.replace("~1", "/").replace("~0", "~"))?;
            }
            self.schema = node.value.as_map()?;
        }
        None
    }

    /// Returns the named properties.
    pub fn properties(&self) -> Option<&'a Map> {
        self.schema.get("properties")?.value.as_map()
    }

    /// Returns the schema of a property: its own, or that of `additionalProperties`.
    pub fn property(&self, key: &str) -> Option<Self> {
        match self.properties().and_then(|properties| properties.get(key)) {
            Some(node) => self.at(node),
            None => self.at(self.schema.get("additionalProperties")?),
        }
    }

    /// Returns the schema of a list's items.
    pub fn items(&self) -> Option<Self> {
        self.at(self.schema.get("items")?)
    }

    /// Whether a map may have keys that the schema does not name: `additionalProperties` is true or a schema, there are
    /// `patternProperties`, or the schema does not restrict keys at all.
    pub fn is_open(&self) -> bool {
        match self.schema.get("additionalProperties").map(|node| &node.value) {
            Some(value) => *value != Value::Bool(false),
            None => self.properties().is_none() || self.schema.get("patternProperties").is_some(),
        }
    }

    /// Whether the validator itself rejects keys that the schema does not name.
    pub fn refuses_others(&self) -> bool {
        self.schema.get("additionalProperties").is_some_and(|node| node.value == Value::Bool(false))
    }

    /// Returns the media type of a string's content (JSON Schema, `contentMediaType`).
    pub fn content_media_type(&self) -> Option<&'a str> {
        self.schema.get("contentMediaType")?.value.as_str()
    }

    /// Returns this schema and those in its `allOf`, `anyOf` and `oneOf`, at any depth and without duplicates: all schemas
    /// that may describe the value. Only the first 256 are returned.
    pub fn alternatives(self) -> Vec<Self> {
        let mut found = vec![self];
        let mut seen = HashSet::from([std::ptr::from_ref(self.schema)]);
        let mut next = 0;
        while next < found.len() {
            let view = found[next];
            let lists =
                ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|name| view.schema.get(name)?.value.as_list());
            let views = lists.flat_map(|list| list.iter().take(MAX_ALTERNATIVES)).filter_map(|node| view.at(node));
            let further = views.filter(|view| seen.insert(std::ptr::from_ref(view.schema)));
            found.extend(further.take(MAX_ALTERNATIVES.saturating_sub(found.len())));
            next += 1;
        }
        found
    }

    /// Returns the allowed types (JSON Schema, `type`); empty if the schema does not restrict them.
    pub fn types(&self) -> Vec<&'a str> {
        match self.schema.get("type").map(|node| &node.value) {
            Some(Value::String(name)) => vec![name],
            Some(Value::List(names)) => names.iter().filter_map(|name| name.value.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the values that the schema mentions in `enum`, `const`, `default` and `examples`.
    pub fn named_values(&self) -> Vec<&'a Value> {
        let single = ["const", "default"].into_iter().filter_map(|name| self.schema.get(name)).map(|node| &node.value);
        let lists = ["enum", "examples"].into_iter().filter_map(|name| self.schema.get(name)?.value.as_list());
        single.chain(lists.flatten().map(|node| &node.value)).collect()
    }

    /// Returns the values to choose from (JSON Schema, `enum` and `const`), none if any are allowed.
    pub fn choices(&self) -> Vec<&'a Value> {
        let single = self.schema.get("const");
        let list = self.schema.get("enum").and_then(|node| node.value.as_list()).unwrap_or_default();
        single.into_iter().chain(list).map(|node| &node.value).collect()
    }

    /// Returns what the schema says about the value for people (JSON Schema, `description`, else `title`).
    pub fn description(&self) -> Option<&'a str> {
        ["description", "title"].into_iter().find_map(|name| self.schema.get(name)?.value.as_str())
    }

    /// Whether the schema lists the allowed values (JSON Schema, `enum`).
    pub fn is_choice(&self) -> bool {
        self.schema.get("enum").is_some()
    }

    /// Returns the keys that a map must have.
    pub fn required(&self) -> Vec<&'a str> {
        let names = self.schema.get("required").and_then(|node| node.value.as_list()).unwrap_or_default();
        names.iter().filter_map(|name| name.value.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn alternatives_do_not_multiply() {
        let count = |schema: &str| {
            let source = Source::file("s", schema);
            let document = crate::json::read(&source, 0..schema.len()).unwrap();
            SchemaView::of_document(&document).unwrap().alternatives().len()
        };
        assert_eq!(count(r#"{"anyOf": [{"const": 1}, {"allOf": [{"const": 2}, true]}]}"#), 4);
        let levels: Vec<String> = (0..40)
            .map(|level| {
                let next = format!(r##"{{"$ref": "#/d/{}"}}"##, (level + 1) % 40);
                format!(r#""{level}": {{"allOf": [{next}, {next}], "oneOf": [{next}, {next}]}}"#)
            })
            .collect();
        assert_eq!(count(&format!(r##"{{"$ref": "#/d/0", "d": {{{}}}}}"##, levels.join(", "))), 40);
        let wide = vec![r#"{"const": 1}"#; 10_000].join(", ");
        assert_eq!(count(&format!(r#"{{"anyOf": [{wide}]}}"#)), MAX_ALTERNATIVES);
    }
}
