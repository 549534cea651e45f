//! Checks the defaults in schemas of custom kinds, which must be valid themselves (k8s.io/apiextensions-apiserver,
//! `pkg/apiserver/schema/defaulting/validation.go`).

use super::expressions::Evaluation;
use super::report::Report;
use super::schemas::{Compiled, wrong_format};
use crate::cel::Limits;
use crate::json_schema::{Budget, Violation};
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{Map, Node, Value};

/// The depth to which a default is checked.
const MAX_DEPTH: usize = 200;

/// Returns the place and the reason why a default does not conform to its schema; `None` if it does.
pub(super) fn problem(node: &Node, schema: &Map) -> Option<(FieldPath, String)> {
    if let Some(found) = unknown(node, schema, &FieldPath::default()) {
        return Some(found);
    }
    let structural = Node::new(Value::Map(schema.clone()), node.span.clone());
    let compiled = Compiled::of_defaults(&structural)?;
    // If validation takes too long, nothing is reported. Defaults inside a default are not applied.
    let violations = compiled.schema.validate(node, &Budget::default()).ok()?;
    if let Some(violation) = violations.first() {
        return Some(innermost(violation));
    }
    let rules = compiled.rules.as_ref()?;
    let (object_span, findings) = (node.span.clone(), Vec::new());
    let mut report = Report { object: "default", is_named: true, nth: 0, kind: "", origin: "", object_span, findings };
    let limits = Limits::default();
    let mut evaluation = Evaluation { limits: &limits, report: &mut report, is_update: false };
    evaluation.check(rules, node, None, &FieldPath::default(), &node.span);
    let broken = report.findings.into_iter().find(|finding| finding.diagnostic.code == "custom-rule")?;
    Some((FieldPath::default(), broken.diagnostic.message))
}

fn innermost(violation: &Violation) -> (FieldPath, String) {
    match violation.children.first() {
        Some(child) if !violation.is_combination => innermost(child),
        _ => {
            let steps = violation.instance_path.iter();
            let step = |step: &String| step.parse().map_or_else(|_| PathStep::Field(step.clone()), PathStep::Index);
            (FieldPath(steps.map(step).collect()), violation.message.clone())
        }
    }
}

/// Finds fields that the schema does not declare, fields that a whole object lacks, and values with the wrong format.
fn unknown(node: &Node, schema: &Map, path: &FieldPath) -> Option<(FieldPath, String)> {
    if path.0.len() > MAX_DEPTH {
        return None;
    }
    if let Some(message) = wrong_format(node, schema) {
        return Some((path.clone(), message));
    }
    match &node.value {
        Value::Map(map) => {
            let is_embedded = schema.is_true_at(&["x-kubernetes-embedded-resource"]);
            let keeps = schema.is_true_at(&["x-kubernetes-preserve-unknown-fields"]);
            if is_embedded {
                let missing =
                    ["apiVersion", "kind"].into_iter().find(|name| map.text_at(&[name]).is_none_or(str::is_empty));
                if let Some(name) = missing {
                    return Some((path.field(name), "Required value".to_owned()));
                }
            }
            let (properties, additional) = (schema.map_at(&["properties"]), schema.get("additionalProperties"));
            map.iter().find_map(|(name, inner)| {
                let path = path.field(name);
                let own = ["apiVersion", "kind", "metadata"];
                let declared = properties.and_then(|properties| properties.get(name));
                let declared = declared.or(additional.filter(|node| !node.value.is_null())).map(|node| &node.value);
                match declared {
                    Some(Value::Map(schema)) => unknown(inner, schema, &path),
                    Some(Value::Bool(false)) | None if !(keeps || is_embedded && own.contains(&name)) => {
                        Some((path, "must not have unknown fields".to_owned()))
                    }
                    _ => None,
                }
            })
        }
        Value::List(items) => {
            let declared = schema.map_at(&["items"])?;
            let mut indexed = items.iter().enumerate();
            indexed.find_map(|(index, item)| unknown(item, declared, &path.with(PathStep::Index(index))))
        }
        _ => None,
    }
}
