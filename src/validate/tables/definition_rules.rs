//! The rules in CustomResourceDefinitions (`x-kubernetes-validations`).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::compiled::{Reason, compiled};
use super::place::Place;
use crate::cel::{Kind, Shape, Variable, Wanted};
use crate::kubernetes::{FieldPath, PathStep};
use crate::validate::fields::{has, is_set, text};
use crate::validate::rules::{OLD_SELF, VARIABLES, steps};
use crate::validate::shapes::shape_of;
use crate::yaml::Map;

const REASONS: [&str; 4] = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

/// Checks the form of the rules of a schema.
pub(super) fn rules(schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    for (index, rule) in schema.indexed_maps_at(&["x-kubernetes-validations"]) {
        let path = path.field("x-kubernetes-validations").with(PathStep::Index(index));
        form(rule, &path, at);
        field_path(rule, schema, &path, at);
    }
}

fn form(rule: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let trimmed = |field: &str| text(rule, field).trim();
    let mut invalid = |field: &str, message: &str| {
        if let Some(node) = rule.get(field) {
            at.invalid_at(&path.field(field), node, message);
        }
    };
    if has(rule, "message") && trimmed("message").is_empty() {
        invalid("message", "must be non-empty if specified");
    } else if trimmed("message").contains('\n') {
        invalid("message", "must not contain line breaks");
    } else if trimmed("rule").contains('\n') && trimmed("message").is_empty() {
        at.required_at(&path.field("message"), "message must be specified if rule contains line breaks");
    }
    if trimmed("rule").is_empty() {
        at.required_at(&path.field("rule"), "rule is not specified");
    }
    if has(rule, "messageExpression") && trimmed("messageExpression").is_empty() {
        at.required_at(&path.field("messageExpression"), "messageExpression must be non-empty if specified");
    }
    if is_set(rule, "reason") && !REASONS.contains(&text(rule, "reason")) {
        at.unsupported_at(&path.field("reason"), text(rule, "reason"), &REASONS);
    }
}

/// Checks that the field that a rule is about is in the schema.
fn field_path(rule: &Map, schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let Some(node) = rule.get("fieldPath").filter(|_| has(rule, "fieldPath")) else { return };
    let below = |schema: Option<&Map>, name: &String| -> Option<Map> {
        let schema = schema?;
        match schema.map_at(&["properties"]) {
            Some(properties) => properties.get(name)?.value.as_map().cloned(),
            None => schema.map_at(&["additionalProperties"]).cloned(),
        }
    };
    let steps = steps(text(rule, "fieldPath")).filter(|steps| !steps.is_empty());
    let is_valid = steps.is_some_and(|steps| {
        let mut schema = Some(schema.clone());
        steps.iter().all(|name| {
            schema = below(schema.as_ref(), name);
            schema.is_some()
        })
    });
    if !is_valid {
        at.invalid_at(&path.field("fieldPath"), node, "must be a valid path");
    }
}

/// Reports the expressions of a schema that the API server refuses. It compiles those of a level only if the level and everything
/// below it are otherwise valid. `invalid` are the paths of the findings so far.
pub(super) fn expressions(schema: &Map, path: &FieldPath, invalid: &BTreeSet<String>, at: &mut Place<'_, '_, '_>) {
    Level { schema, shape: None, is_root: true, uncorrelatable: None, path }.check(invalid, at);
}

/// Whether any of the paths is a given path or below it.
fn has_at_or_below(paths: &BTreeSet<String>, path: &str) -> bool {
    let is_below = |separator: char| {
        let above = format!("{path}{separator}");
        paths.range(above.clone()..).next().is_some_and(|first| first.starts_with(&above))
    };
    paths.contains(path) || is_below('.') || is_below('[')
}

/// A schema inside another one.
struct Level<'l> {
    schema: &'l Map,
    /// The type of its data, if it is already known.
    shape: Option<&'l Arc<Shape>>,
    is_root: bool,
    /// The outermost schema around it whose values cannot be matched with those of the previous version.
    uncorrelatable: Option<&'l FieldPath>,
    path: &'l FieldPath,
}

impl Level<'_> {
    fn check(&self, invalid: &BTreeSet<String>, at: &mut Place<'_, '_, '_>) {
        let schema = self.schema;
        let has_rules = !schema.list_at(&["x-kubernetes-validations"]).is_empty();
        let made = (has_rules && self.shape.is_none()).then(|| shape_of(schema, self.is_root).map(Arc::new)).flatten();
        let shape = self.shape.or(made.as_ref());
        if has_rules && !has_at_or_below(invalid, &self.path.to_string()) {
            self.rules(shape.map(Arc::as_ref), at);
        }
        let kind = shape.map(|shape| &shape.kind);
        if let Some(items) = schema.map_at(&["items"]) {
            let is_correlatable = text(schema, "x-kubernetes-list-type") == "map";
            let uncorrelatable = self.uncorrelatable.or(if is_correlatable { None } else { Some(self.path) });
            let shape = kind.and_then(|kind| if let Kind::List(inner, _) = kind { Some(inner) } else { None });
            Level { schema: items, shape, is_root: false, uncorrelatable, path: &self.path.field("items") }
                .check(invalid, at);
        }
        if let Some(values) = schema.map_at(&["additionalProperties"]) {
            let shape = kind.and_then(|kind| if let Kind::Map(inner) = kind { Some(inner) } else { None });
            let path = self.path.field("additionalProperties");
            Level { schema: values, shape, is_root: false, path: &path, ..*self }.check(invalid, at);
        }
        let fields = if let Some(Kind::Object(fields)) = kind { fields.as_slice() } else { &[] };
        let fields: HashMap<&str, &Arc<Shape>> =
            fields.iter().map(|field| (field.name.as_str(), &field.shape)).collect();
        let is_whole_object = self.is_root || schema.is_true_at(&["x-kubernetes-embedded-resource"]);
        for (name, node) in schema.map_at(&["properties"]).into_iter().flat_map(Map::iter) {
            let inner = node.value.as_map().filter(|_| !(is_whole_object && name == "metadata"));
            let Some(schema) = inner else { continue };
            let shape = fields.get(name).copied();
            let path = self.path.field("properties").field(name);
            Level { schema, shape, is_root: false, path: &path, ..*self }.check(invalid, at);
        }
    }

    fn rules(&self, shape: Option<&Shape>, at: &mut Place<'_, '_, '_>) {
        let path = self.path.field("x-kubernetes-validations");
        let Some(shape) = shape else {
            return at.invalid_missing(&path, "unable to convert structural schema to CEL declarations");
        };
        for (index, rule) in self.schema.indexed_maps_at(&["x-kubernetes-validations"]) {
            expressions_of(rule, shape, self.uncorrelatable, &path.with(PathStep::Index(index)), at);
        }
    }
}

fn expressions_of(
    rule: &Map,
    shape: &Shape,
    uncorrelatable: Option<&FieldPath>,
    path: &FieldPath,
    at: &mut Place<'_, '_, '_>,
) {
    let has_optional_old_self = rule.is_true_at(&["optionalOldSelf"]);
    let old = if has_optional_old_self { Variable::Optional(shape) } else { Variable::Data(shape) };
    let variables = [Variable::Data(shape), old];
    let Some(node) = rule.get("rule").filter(|_| !text(rule, "rule").trim().is_empty()) else { return };
    let program = match compiled(text(rule, "rule"), &VARIABLES, &variables, Wanted::Bool) {
        Ok(program) => program,
        Err(reason) => {
            let message = match reason {
                Reason::Compilation(reason) => format!("compilation failed: {reason}"),
                Reason::Result(_) => "cel expression must evaluate to a bool".to_owned(),
                Reason::InvalidConstant(reason) => format!("program instantiation failed: {reason}"),
            };
            return at.invalid_at(&path.field("rule"), node, &message);
        }
    };
    let expression = text(rule, "messageExpression");
    if let Some(node) = rule.get("messageExpression").filter(|_| !expression.trim().is_empty())
        && let Err(reason) = compiled(expression, &VARIABLES, &variables, Wanted::String)
    {
        let message = match reason {
            Reason::Compilation(reason) => format!("messageExpression compilation failed: {reason}"),
            Reason::Result(_) => "messageExpression must evaluate to a string".to_owned(),
            Reason::InvalidConstant(reason) => format!("messageExpression instantiation failed: {reason}"),
        };
        at.invalid_at(&path.field("messageExpression"), node, &message);
    }
    match uncorrelatable {
        Some(uncorrelatable) if program.uses(OLD_SELF) => {
            let what = "oldSelf cannot be used on the uncorrelatable portion of the schema within";
            at.invalid_at(&path.field("rule"), node, &format!("{what} {uncorrelatable}"));
        }
        _ if !program.uses(OLD_SELF) && is_set(rule, "optionalOldSelf") => {
            at.invalid_missing(&path.field("optionalOldSelf"), "may not be set if oldSelf is not used in rule");
        }
        _ => {}
    }
}
