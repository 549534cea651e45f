//! Looking into a schema document as it is written, for what is no validation: which names a map knows, what a text
//! holds.

use super::{Map, Node, Value};

/// How many `$ref`s in a row are followed; a longer chain is a circle.
const MAX_REFERENCES: usize = 32;

/// One schema inside a schema document.
#[derive(Clone, Copy)]
pub(super) struct SchemaView<'a> {
    document: &'a Node,
    schema: &'a Map,
}

impl<'a> SchemaView<'a> {
    /// The schema of a whole document; `None` if that is `true` or `false`.
    pub(super) fn of_document(document: &'a Node) -> Option<Self> {
        SchemaView { document, schema: document.value.as_map()? }.resolved()
    }

    fn at(&self, node: &'a Node) -> Option<Self> {
        SchemaView { document: self.document, schema: node.value.as_map()? }.resolved()
    }

    /// The same, or what its local `$ref` leads to.
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

    /// The named properties.
    pub(super) fn properties(&self) -> Option<&'a Map> {
        self.schema.get("properties")?.value.as_map()
    }

    /// The schema of a property, of an item, or of whatever a map may hold besides.
    pub(super) fn property(&self, key: &str) -> Option<Self> {
        match self.properties().and_then(|properties| properties.get(key)) {
            Some(node) => self.at(node),
            None => self.at(self.schema.get("additionalProperties")?),
        }
    }

    /// The schema of a list's items.
    pub(super) fn items(&self) -> Option<Self> {
        self.at(self.schema.get("items")?)
    }

    /// Whether a map may hold names that the schema does not give: `additionalProperties` is true or a schema, there
    /// are `patternProperties`, or nothing at all is said about names.
    pub(super) fn is_open(&self) -> bool {
        match self.schema.get("additionalProperties").map(|node| &node.value) {
            Some(value) => *value != Value::Bool(false),
            None => self.properties().is_none() || self.schema.get("patternProperties").is_some(),
        }
    }

    /// Whether the validator itself refuses names that the schema does not give.
    pub(super) fn refuses_others(&self) -> bool {
        self.schema.get("additionalProperties").is_some_and(|node| node.value == Value::Bool(false))
    }

    /// What a text holds, by its media type (JSON Schema, `contentMediaType`).
    pub(super) fn content_media_type(&self) -> Option<&'a str> {
        self.schema.get("contentMediaType")?.value.as_str()
    }
}
