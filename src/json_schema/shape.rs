//! The form of each keyword's value, for a cheap check while a schema is read.
//!
//! Helm evaluates the metaschema for every chart. Here, the check only asks whether each keyword's value has the right
//! type. If one looks wrong, the metaschema is evaluated after all, for the verdict and Helm's message. So this check may
//! have false positives, but no false negatives.

use std::collections::HashSet;

use super::draft::Draft;
use super::format;
use super::number::Number;
use crate::go::regexp;
use crate::yaml::{Node, Value};

/// The form of a keyword's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Schema,
    /// A schema that no value is checked against.
    UnusedSchema,
    SchemaOrBoolean,
    Items,
    Schemas,
    SchemaMap,
    /// Schemas that exist only as targets of references.
    Definitions,
    Dependencies,
    NamesMap,
    Type,
    Enum,
    Names,
    PositiveNumber,
    Number,
    Count,
    Boolean,
    Pattern,
    Text,
    Reference {
        /// Whether it refers to a schema (`$ref`), rather than naming one.
        links: bool,
    },
    Anchor,
    Vocabularies,
    List,
    Anything,
}

impl Draft {
    /// Returns the form that the draft's metaschema requires of a keyword's value.
    pub(super) fn shape(self, keyword: &str) -> Shape {
        use Draft::{Draft4, Draft6, Draft7, Draft2019, Draft2020};
        match keyword {
            // The most common keywords come first, because names are compared one by one.
            "type" => Shape::Type,
            "description" | "title" => Shape::Text,
            "default" => Shape::Anything,
            "properties" | "patternProperties" => Shape::SchemaMap,
            "additionalProperties" => Shape::SchemaOrBoolean,
            "items" => Shape::Items,
            "enum" => Shape::Enum,
            "id" if self == Draft4 => Shape::Reference { links: false },
            "$id" if self > Draft4 => Shape::Reference { links: false },
            "$schema" => Shape::Reference { links: false },
            "$ref" => Shape::Reference { links: true },
            "$recursiveRef" if self >= Draft2019 => Shape::Reference { links: true },
            "$dynamicRef" if self >= Draft2020 => Shape::Reference { links: true },
            "$anchor" | "$dynamicAnchor" if self >= Draft2019 => Shape::Anchor,
            "$recursiveAnchor" if self >= Draft2019 => Shape::Boolean,
            "$vocabulary" if self >= Draft2019 => Shape::Vocabularies,
            "not" => Shape::Schema,
            "contains" | "propertyNames" if self >= Draft6 => Shape::Schema,
            "if" | "then" | "else" if self >= Draft7 => Shape::Schema,
            "unevaluatedItems" | "unevaluatedProperties" if self >= Draft2019 => Shape::Schema,
            "contentSchema" if self >= Draft2019 => Shape::UnusedSchema,
            "additionalItems" if self < Draft2020 => Shape::SchemaOrBoolean,
            "allOf" | "anyOf" | "oneOf" => Shape::Schemas,
            "prefixItems" if self >= Draft2020 => Shape::Schemas,
            "dependentSchemas" if self >= Draft2019 => Shape::SchemaMap,
            "definitions" => Shape::Definitions,
            "$defs" if self >= Draft2019 => Shape::Definitions,
            "dependencies" => Shape::Dependencies,
            "dependentRequired" if self >= Draft2019 => Shape::NamesMap,
            "required" => Shape::Names,
            "multipleOf" => Shape::PositiveNumber,
            "minimum" | "maximum" => Shape::Number,
            "exclusiveMinimum" | "exclusiveMaximum" if self == Draft4 => Shape::Boolean,
            "exclusiveMinimum" | "exclusiveMaximum" => Shape::Number,
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => Shape::Count,
            "minContains" | "maxContains" if self >= Draft2019 => Shape::Count,
            "uniqueItems" => Shape::Boolean,
            "readOnly" if self >= Draft7 => Shape::Boolean,
            "writeOnly" if self >= Draft7 => Shape::Boolean,
            "deprecated" if self >= Draft2019 => Shape::Boolean,
            "pattern" => Shape::Pattern,
            "format" if self >= Draft6 => Shape::Text,
            "$comment" | "contentMediaType" | "contentEncoding" if self >= Draft7 => Shape::Text,
            "examples" if self >= Draft7 => Shape::List,
            _ => Shape::Anything,
        }
    }
}

impl Shape {
    /// Whether a value certainly has this form. Subschemas in it are checked separately.
    pub(super) fn is_well_formed(self, keyword: &str, value: &Value, draft: Draft) -> bool {
        match (self, value) {
            (Shape::Anything | Shape::Schema | Shape::UnusedSchema, _) => true,
            (Shape::SchemaOrBoolean, Value::Bool(_) | Value::Map(_)) => true,
            (Shape::Items, Value::List(items)) => draft < Draft::Draft2020 && !items.is_empty(),
            (Shape::Items, _) => true,
            (Shape::Schemas, Value::List(items)) => !items.is_empty(),
            (Shape::SchemaMap, Value::Map(map)) => {
                keyword != "patternProperties" || map.keys().all(|key| regexp::check(key).is_ok())
            }
            (Shape::Definitions | Shape::Dependencies, Value::Map(_)) => true,
            (Shape::NamesMap, Value::Map(map)) => {
                map.iter().all(|(_, names)| Shape::Names.is_well_formed(keyword, &names.value, draft))
            }
            (Shape::Type, Value::String(name)) => is_type(name),
            (Shape::Type, Value::List(names)) => {
                !names.is_empty()
                    && distinct_strings(names)
                    && names.iter().filter_map(|n| n.value.as_str()).all(is_type)
            }
            (Shape::Enum, Value::List(items)) => {
                draft >= Draft::Draft2019 || (!items.is_empty() && (distinct_strings(items) || distinct_scalars(items)))
            }
            (Shape::Names, Value::List(names)) => {
                (draft > Draft::Draft4 || !names.is_empty()) && distinct_strings(names)
            }
            (Shape::PositiveNumber, value) => Number::of_value(value).is_some_and(|number| number.float() > 0.0),
            (Shape::Number, Value::Int(_) | Value::Float(_)) => true,
            (Shape::Count, value) => {
                Number::of_value(value).is_some_and(|number| number.float() >= 0.0 && number.is_integer())
            }
            (Shape::Boolean, Value::Bool(_)) => true,
            (Shape::Pattern, Value::String(text)) => regexp::check(text).is_ok(),
            (Shape::Text, Value::String(_)) => true,
            (Shape::Reference { .. }, Value::String(text)) => {
                let absolute = keyword != "$schema" || format::check("uri", text).is_ok();
                let fragment = draft >= Draft::Draft2019 && keyword == "$id" && text.contains('#');
                absolute && !fragment && format::check("uri-reference", text).is_ok()
            }
            (Shape::Anchor, Value::String(text)) => {
                text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
            }
            (Shape::Vocabularies, _) => false,
            (Shape::List, Value::List(_)) => true,
            _ => false,
        }
    }

    /// Calls `visit` for each subschema in a value, with the step that leads to it from the keyword.
    pub(super) fn for_each_subschema<'n, E>(
        self,
        value: &'n Value,
        mut visit: impl FnMut(Option<Step<'n>>, &'n Node) -> Result<(), E>,
        node: &'n Node,
    ) -> Result<(), E> {
        match (self, value) {
            (Shape::Schema | Shape::UnusedSchema | Shape::SchemaOrBoolean, _) => visit(None, node),
            (Shape::Items | Shape::Schemas, Value::List(items)) => {
                items.iter().enumerate().try_for_each(|(at, item)| visit(Some(Step::Index(at)), item))
            }
            (Shape::Items, _) => visit(None, node),
            (Shape::SchemaMap | Shape::Definitions, Value::Map(map)) => {
                map.iter().try_for_each(|(key, item)| visit(Some(Step::Key(key)), item))
            }
            (Shape::Dependencies, Value::Map(map)) => map
                .iter()
                .filter(|(_, item)| item.value.as_list().is_none())
                .try_for_each(|(key, item)| visit(Some(Step::Key(key)), item)),
            _ => Ok(()),
        }
    }
}

/// A step from a value to one of its members.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'n> {
    Key(&'n str),
    Index(usize),
}

impl Step<'_> {
    pub(super) fn name(self) -> String {
        match self {
            Step::Key(key) => key.to_owned(),
            Step::Index(at) => at.to_string(),
        }
    }
}

fn is_type(name: &str) -> bool {
    super::types::Types::named(name).is_some()
}

/// Whether there are at most 16 items, all of them scalars and no two equal.
fn distinct_scalars(items: &[Node]) -> bool {
    items.len() <= 16
        && items
            .iter()
            .enumerate()
            .all(|(at, item)| item.value.is_scalar() && items[..at].iter().all(|other| other.value != item.value))
}

/// Whether all items are strings and no two are equal.
fn distinct_strings(items: &[Node]) -> bool {
    let texts = items.iter().map(|item| item.value.as_str());
    if items.len() <= 16 {
        return items.iter().enumerate().all(|(at, item)| {
            item.value.as_str().is_some_and(|text| items[..at].iter().all(|other| other.value.as_str() != Some(text)))
        });
    }
    let mut seen = HashSet::with_capacity(items.len());
    texts.into_iter().all(|text| text.is_some_and(|text| seen.insert(text)))
}
