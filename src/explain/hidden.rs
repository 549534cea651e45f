//! Masks the secrets in explanations.

use super::Explanation;
use super::effects::EffectKind;
use super::experiment::Change;
use super::preconditions::Gate;
use super::unused::Scanned;
use crate::json;
use crate::secrets::{MASK, Secrets};
use crate::values::ValuePath;
use crate::yaml::Value;

/// Masks the secrets in an explanation: values, the changes that were tried, and the flags that set them. Lines of manifests
/// are masked when they are found; this masks what else of the secrets is in them.
pub fn hide(explanation: &mut Explanation, secrets: &Secrets) {
    if secrets.is_open() {
        return;
    }
    let Explanation { path, value, setters, tried, effects, refused, gate, .. } = explanation;
    let current = value.as_ref().map(|node| node.value.clone());
    let texts =
        texts_of(path, current.as_ref().into_iter().chain(setters.iter().filter_map(|s| s.value.as_ref())), secrets);
    if let Some(node) = value {
        node.value = secrets.masked_value(path, &node.value);
    }
    for setter in setters {
        setter.value = setter.value.as_ref().map(|value| secrets.masked_value(path, value));
        setter.place = secrets.hide_span(&setter.place);
    }
    for change in tried {
        hide_change(change, &texts, secrets);
    }
    for effect in effects {
        match &mut effect.kind {
            EffectKind::Gone(change) | EffectKind::New(change) => hide_change(change, &texts, secrets),
            EffectKind::Lines(lines) => {
                for line in lines {
                    for text in &texts {
                        line.text = line.text.replace(text.as_str(), MASK);
                    }
                    line.text = secrets.mask(&line.text);
                }
            }
        }
    }
    for (change, reason) in refused {
        hide_change(change, &texts, secrets);
        for text in &texts {
            *reason = reason.replace(text.as_str(), MASK);
        }
        *reason = secrets.mask_in_sentence(reason);
    }
    if let Some(gate) = gate {
        hide_gate(gate, secrets);
    }
}

/// Masks the secrets in a list of values without effect.
pub fn hide_unused(scanned: &mut Scanned, secrets: &Secrets) {
    if secrets.is_open() {
        return;
    }
    for unused in &mut scanned.unused {
        unused.node.value = secrets.masked_value(&unused.path, &unused.node.value);
        unused.node.span = secrets.hide_span(&unused.node.span);
        if let Some(gate) = &mut unused.gate {
            hide_gate(gate, secrets);
        }
    }
}

fn hide_gate(gate: &mut Gate, secrets: &Secrets) {
    for part in &mut gate.parts {
        let texts = texts_of(&part.change.path, std::iter::once(&part.now.value), secrets);
        part.now.value = secrets.masked_value(&part.change.path, &part.now.value);
        part.now.span = secrets.hide_span(&part.now.span);
        hide_change(&mut part.change, &texts, secrets);
    }
}

/// Returns the secret texts in the given values, longest first. Changes that were tried may contain them.
fn texts_of<'v>(path: &ValuePath, values: impl Iterator<Item = &'v Value>, secrets: &Secrets) -> Vec<String> {
    let mut texts = Vec::new();
    for value in values {
        add_masked(value, &secrets.masked_value(path, value), &mut texts);
    }
    texts.retain(|text| text.len() > 1);
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts.dedup();
    texts
}

/// Adds the scalars of a value that are masked in `shown`.
fn add_masked(value: &Value, shown: &Value, texts: &mut Vec<String>) {
    match (value, shown) {
        (Value::Map(map), Value::Map(shown)) => {
            for ((_, node), (_, shown)) in map.iter().zip(shown.iter()) {
                add_masked(&node.value, &shown.value, texts);
            }
        }
        (Value::List(items), Value::List(shown)) => {
            for (node, shown) in items.iter().zip(shown) {
                add_masked(&node.value, &shown.value, texts);
            }
        }
        (value, shown) if value == shown => {}
        (Value::String(text), _) => texts.push(text.trim().to_owned()),
        (Value::Int(_) | Value::Float(_), _) => texts.push(json::write(value)),
        _ => {}
    }
}

fn hide_change(change: &mut Change, texts: &[String], secrets: &Secrets) {
    let Some(value) = &mut change.value else { return };
    let written = json::write_raw(value);
    let is_of_a_number = |text: &String| text.parse::<f64>().is_ok() && value.as_number().is_some();
    if texts.iter().any(|text| written.contains(text.as_str()) || is_of_a_number(text)) {
        *value = Value::String(MASK.to_owned());
    } else if !secrets.is_secret_value(&change.path) {
        // A value made up in place of a secret is not a secret.
        *value = secrets.masked_value(&change.path, value);
    }
}
