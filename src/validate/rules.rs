//! The rules in a CustomResourceDefinition's schema (`x-kubernetes-validations`), parsed into a tree that follows the schema.

use std::sync::Arc;

use super::shapes::shape_of;
use crate::cel::{Kind, Program, Shape, SyntaxError};
use crate::yaml::{Map, Node};

/// The variables of a rule.
pub(super) const VARIABLES: [&str; 2] = ["self", "oldSelf"];
/// The index of `oldSelf` in the variables.
pub(super) const OLD_SELF: usize = 1;

/// The rules of a schema and of the schemas below it.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) own: Vec<Rule>,
    /// The type of `self`.
    pub(super) shape: Arc<Shape>,
    pub(super) properties: Vec<(String, Rules)>,
    pub(super) additional: Option<Box<Rules>>,
    pub(super) items: Option<Box<Rules>>,
    /// The key fields of the items, if the list has any.
    pub(super) keys: Vec<String>,
    /// The rules of `allOf`, which apply to the same value.
    pub(super) all_of: Vec<Rules>,
}

/// A rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) text: String,
    pub(super) program: Result<Program, SyntaxError>,
    message: String,
    pub(super) message_expression: Option<Program>,
    pub(super) reason: String,
    /// The field that the rule is about, relative to the rule's place.
    pub(super) field_path: Vec<String>,
    pub(super) has_optional_old_self: bool,
}

impl Rule {
    /// Returns the rules of a schema itself.
    fn all(schema: &Map) -> Vec<Rule> {
        schema.maps_at(&["x-kubernetes-validations"]).map(Rule::read).collect()
    }

    fn read(rule: &Map) -> Rule {
        let text = |field: &str| rule.text_at(&[field]).unwrap_or_default();
        let expression = text("messageExpression");
        let message_expression =
            (!expression.is_empty()).then(|| Program::parse(expression, &VARIABLES).ok()).flatten();
        Rule {
            text: text("rule").trim().to_owned(),
            program: Program::parse(text("rule"), &VARIABLES),
            message: text("message").trim().to_owned(),
            message_expression,
            reason: text("reason").to_owned(),
            field_path: steps(text("fieldPath")).unwrap_or_default(),
            has_optional_old_self: rule.is_true_at(&["optionalOldSelf"]),
        }
    }

    /// Returns the message for a violation, if no expression provides one.
    pub(super) fn message(&self) -> String {
        if self.message.is_empty() { format!("failed rule: {}", self.text) } else { self.message.clone() }
    }

    /// Returns how messages refer to the rule: by its message, or else by its text.
    pub(super) fn shown(&self) -> &str {
        if self.message.is_empty() { &self.text } else { &self.message }
    }

    pub(super) fn uses_old_self(&self) -> bool {
        self.program.as_ref().is_ok_and(|program| program.uses(OLD_SELF))
    }
}

impl Rules {
    /// Returns the rules of a whole schema; `None` if there are none.
    pub(super) fn collect(schema: &Node) -> Option<Rules> {
        let schema = schema.value.as_map()?;
        if !has_rules(schema) {
            return None;
        }
        Rules::below(schema, schema, Arc::new(shape_of(schema, true)?))
    }

    /// Returns the rules in `rules` for data that the structural schema `schema` describes.
    fn below(rules: &Map, schema: &Map, shape: Arc<Shape>) -> Option<Rules> {
        let inner = |key: &str| Some((rules.get(key)?.value.as_map()?, schema.get(key)?.value.as_map()?));
        let mut found = Rules {
            own: Rule::all(rules),
            properties: Vec::new(),
            additional: None,
            items: None,
            keys: Vec::new(),
            all_of: Vec::new(),
            shape: Arc::clone(&shape),
        };
        match &shape.kind {
            Kind::List(item, _) => {
                found.items = inner("items")
                    .and_then(|(rules, schema)| Rules::below(rules, schema, Arc::clone(item)))
                    .map(Box::new);
                if schema.text_at(&["x-kubernetes-list-type"]) == Some("map") {
                    let keys = schema.list_at(&["x-kubernetes-list-map-keys"]).iter();
                    found.keys = keys.filter_map(|key| key.value.as_str()).map(str::to_owned).collect();
                }
            }
            Kind::Map(value) => {
                let below = |(rules, schema)| Rules::below(rules, schema, Arc::clone(value));
                found.additional = inner("additionalProperties").and_then(below).map(Box::new);
            }
            Kind::Object(fields) => {
                let Some((rules, schema)) = inner("properties") else { return found.if_any(rules, schema) };
                for (name, rules) in rules.iter() {
                    let (Some(rules), Some(schema)) = (rules.value.as_map(), schema.map_at(&[name])) else { continue };
                    let known = fields.iter().find(|field| field.name == name).map(|field| Arc::clone(&field.shape));
                    // Fields whose names cannot be written in expressions have rules too.
                    let Some(shape) = known.or_else(|| shape_of(schema, false).map(Arc::new)) else { continue };
                    found.properties.extend(Rules::below(rules, schema, shape).map(|rules| (name.to_owned(), rules)));
                }
            }
            _ => {}
        }
        found.if_any(rules, schema)
    }

    /// Adds the rules of `allOf`, and returns the rules if there are any.
    fn if_any(mut self, rules: &Map, schema: &Map) -> Option<Rules> {
        for rules in rules.maps_at(&["allOf"]) {
            self.all_of.extend(Rules::below(rules, schema, Arc::clone(&self.shape)));
        }
        let is_empty = self.own.is_empty()
            && self.properties.is_empty()
            && self.additional.is_none()
            && self.items.is_none()
            && self.all_of.is_empty();
        (!is_empty).then_some(self)
    }
}

/// Whether a schema has rules. The API server ignores those in `allOf` if there are no others.
fn has_rules(schema: &Map) -> bool {
    let inner = ["items", "additionalProperties"].into_iter().filter_map(|key| schema.map_at(&[key]));
    let properties = schema.map_at(&["properties"]).into_iter().flat_map(Map::iter);
    !schema.list_at(&["x-kubernetes-validations"]).is_empty()
        || inner.chain(properties.filter_map(|(_, node)| node.value.as_map())).any(has_rules)
}

/// Returns the fields of a path such as `.spec.labels['a.b']`.
pub(super) fn steps(path: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("['") {
            let mut name = String::new();
            let mut characters = after.char_indices();
            rest = loop {
                match characters.next()? {
                    (_, '\\') => name.push(match characters.next()?.1 {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    }),
                    (at, '\'') => break after[at + 1..].strip_prefix(']')?,
                    (_, c) => name.push(c),
                }
            };
            found.push(name);
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            found.push(after[..end].to_owned());
            rest = &after[end..];
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_fields() {
        let joined = |path: &str| steps(path).map(|steps| steps.join("|"));
        assert_eq!(joined(".spec.labels['a.b\\'c'].d").as_deref(), Some("spec|labels|a.b'c|d"));
        assert_eq!(
            (joined(""), joined("spec"), joined("['a"), joined(".a['b']x")),
            (Some(String::new()), None, None, None)
        );
    }
}
