//! Rules that CustomResourceDefinitions give (`x-kubernetes-validations`).

use super::place::Place;
use crate::cel::Program;
use crate::kubernetes::{FieldPath, PathStep};
use crate::validate::fields::{has, is_given, text};
use crate::validate::rules::{OLD_SELF, VARIABLES, steps};
use crate::yaml::Map;

const REASONS: [&str; 4] = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

/// Checks the rules of a schema.
pub(super) fn rules(schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    for (index, rule) in schema.indexed_maps_at(&["x-kubernetes-validations"]) {
        let path = path.field("x-kubernetes-validations").with(PathStep::Index(index));
        form(rule, &path, at);
        field_path(rule, schema, &path, at);
        expressions(rule, &path, at);
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
    if is_given(rule, "reason") && !REASONS.contains(&text(rule, "reason")) {
        at.unsupported_at(&path.field("reason"), text(rule, "reason"), &REASONS);
    }
}

/// Whether the field that a rule is about is in the schema.
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

fn expressions(rule: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    for field in ["rule", "messageExpression"] {
        let Some(node) = rule.get(field).filter(|_| !text(rule, field).trim().is_empty()) else { continue };
        match Program::parse(text(rule, field), &VARIABLES) {
            Err(error) => at.invalid_at(&path.field(field), node, &format!("compilation failed: {error}")),
            Ok(program) if field == "rule" && !program.uses(OLD_SELF) && is_given(rule, "optionalOldSelf") => {
                let path = path.field("optionalOldSelf");
                at.invalid_missing(&path, "may not be set if oldSelf is not used in rule");
            }
            Ok(_) => {}
        }
    }
}
