//! Evaluates the rules of custom resources (k8s.io/apiextensions-apiserver, `pkg/apiserver/schema/cel`).

use super::report::Report;
use super::rules::{Rule, Rules};
use crate::cel::{Error, Limits, Value};
use crate::diagnostic::{Severity, Span};
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{self, Map, Node};

/// The maximum length of the result of a `messageExpression`, in bytes.
const MAX_MESSAGE: usize = 5 * 1024;

/// The evaluation of an object's rules.
pub(super) struct Evaluation<'e, 'r> {
    pub(super) limits: &'e Limits,
    pub(super) report: &'e mut Report<'r>,
    /// Whether to evaluate only the rules that compare the object with its previous version.
    pub(super) is_update: bool,
}

impl Evaluation<'_, '_> {
    /// Evaluates the rules of a value and of everything in it. `old` is the previous value.
    pub(super) fn check(&mut self, rules: &Rules, node: &Node, old: Option<&Node>, path: &FieldPath, place: &Span) {
        if node.value.is_null() {
            return;
        }
        let old = old.filter(|old| !old.value.is_null());
        for rule in &rules.own {
            self.rule(rule, rules, node, old, path, place);
        }
        for rules in &rules.all_of {
            self.check(rules, node, old, path, place);
        }
        match &node.value {
            yaml::Value::List(items) => {
                let Some(inner) = &rules.items else { return };
                let before = old.and_then(|old| old.value.as_list()).unwrap_or_default();
                for (at, item) in items.iter().enumerate() {
                    let old = same_item(item, before, &rules.keys);
                    self.check(inner, item, old, &path.with(PathStep::Index(at)), place_of(item, place));
                }
            }
            yaml::Value::Map(map) => {
                let before = old.and_then(|old| old.value.as_map());
                if let Some(inner) = &rules.additional {
                    for (name, entry) in map.entries() {
                        self.entry(inner, name, entry, before, path);
                    }
                }
                for (name, inner) in &rules.properties {
                    if let Some(entry) = map.entry(name) {
                        self.entry(inner, name, entry, before, path);
                    }
                }
            }
            _ => {}
        }
    }

    fn entry(&mut self, inner: &Rules, name: &str, entry: &yaml::Entry, before: Option<&Map>, path: &FieldPath) {
        let old = before.and_then(|before| before.get(name));
        let place = if entry.key.source().is_some() { &entry.key } else { &entry.node.span };
        self.check(inner, &entry.node, old, &path.field(name), place_of(&entry.node, place));
    }

    fn rule(&mut self, rule: &Rule, rules: &Rules, node: &Node, old: Option<&Node>, path: &FieldPath, place: &Span) {
        if rule.text.is_empty() {
            return;
        }
        let program = match &rule.program {
            Ok(program) => program,
            Err(error) => return self.not_evaluated(rule, &error.to_string(), path, place),
        };
        let compares = rule.uses_old_self();
        // Rules that compare are satisfied if there is no previous value.
        if compares && old.is_none() && !rule.has_optional_old_self || self.is_update && !compares {
            return;
        }
        let variables = variables(rule, rules, node, old);
        let outcome = variables.and_then(|variables| program.evaluate(variables.clone(), self.limits));
        let message = match outcome {
            Ok(Value::Bool(true)) => return,
            Ok(Value::Bool(false)) => self.message(rule, rules, node, old),
            Ok(_) => return self.not_evaluated(rule, "it is not a boolean", path, place),
            Err(Error::Fails(reason)) if reason.starts_with("no such overload") => {
                format!(
                    "'{reason}': call arguments did not match a supported operator, function or macro signature for rule: {}",
                    rule.shown()
                )
            }
            Err(Error::Fails(reason)) => format!("{reason} evaluating rule: {}", rule.shown()),
            Err(error) => return self.not_evaluated(rule, &error.to_string(), path, place),
        };
        let (path, place) = about(rule, node, path, place);
        let message = match rule.reason.as_str() {
            "FieldValueForbidden" => format!("Forbidden: {message}"),
            "FieldValueRequired" => format!("Required value: {message}"),
            "FieldValueDuplicate" => format!("Duplicate value: {message}"),
            _ => message,
        };
        let is_shown = message.contains(&rule.text);
        let finding = self.report.error("custom-rule", &path, message, &place);
        if !is_shown {
            finding.help(format!("the rule of its CustomResourceDefinition is: {}", shortened(&rule.text)));
        }
    }

    fn not_evaluated(&mut self, rule: &Rule, why: &str, path: &FieldPath, place: &Span) {
        let message = format!("a rule of its CustomResourceDefinition is not evaluated: {why}");
        let finding = self.report.report(Severity::Info, "custom-rule-not-evaluated", path, message, place);
        finding.help(format!("the rule is: {}", shortened(&rule.text)));
    }

    /// Returns the message for a value that violates a rule.
    fn message(&self, rule: &Rule, rules: &Rules, node: &Node, old: Option<&Node>) -> String {
        let evaluated = rule.message_expression.as_ref().and_then(|program| {
            match program.evaluate(variables(rule, rules, node, old).ok()?, self.limits) {
                Ok(Value::String(text)) => Some(text.as_str().trim().to_owned()),
                _ => None,
            }
        });
        let is_usable = |text: &String| !text.is_empty() && text.len() <= MAX_MESSAGE && !text.contains('\n');
        evaluated.filter(is_usable).unwrap_or_else(|| rule.message())
    }
}

/// Returns the variables `self` and `oldSelf`.
fn variables<'v>(
    rule: &Rule,
    rules: &'v Rules,
    node: &'v Node,
    old: Option<&'v Node>,
) -> Result<Vec<Value<'v>>, Error> {
    let own = Value::from_data(node, &rules.shape)?;
    let old = old.map(|old| Value::from_data(old, &rules.shape)).transpose()?;
    Ok(match (old, rule.has_optional_old_self) {
        (old, true) => vec![own, Value::optional(old)],
        (Some(old), false) => vec![own, old],
        (None, false) => vec![own],
    })
}

/// Returns the field that a rule is about, with its place or that of its nearest existing parent.
fn about(rule: &Rule, node: &Node, path: &FieldPath, place: &Span) -> (FieldPath, Span) {
    let (mut path, mut place, mut at) = (path.clone(), place.clone(), Some(node));
    for name in &rule.field_path {
        path = path.field(name);
        let entry = at.and_then(|node| node.value.as_map()?.entry(name));
        if let Some(entry) = entry.filter(|entry| entry.key.source().is_some()) {
            place = place_of(&entry.node, &entry.key).clone();
        }
        at = entry.map(|entry| &entry.node);
    }
    (path, place)
}

/// Returns the value's own place if it is a single line, otherwise the place of its key.
fn place_of<'p>(node: &'p Node, key: &'p Span) -> &'p Span {
    let is_line = node.span.source().is_some() && node.span.text().lines().nth(1).is_none();
    if is_line { &node.span } else { key }
}

/// Returns the previous version of a list item: the item with the same keys.
fn same_item<'n>(item: &Node, before: &'n [Node], keys: &[String]) -> Option<&'n Node> {
    if keys.is_empty() {
        return None;
    }
    let key_fields = item.value.as_map()?;
    before
        .iter()
        .find(|old| old.value.as_map().is_some_and(|old| keys.iter().all(|key| old.get(key) == key_fields.get(key))))
}

/// Shortens a rule to a single line for help.
fn shortened(rule: &str) -> String {
    const MAX: usize = 300;
    let line = rule.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
