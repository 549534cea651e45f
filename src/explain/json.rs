//! Explanations as JSON. The format is stable: fields may be added, but none is removed or changes its meaning.

use super::Explanation;
use super::effects::Effect;
use super::effects::EffectKind;
use super::experiment::Change;
use super::preconditions::Gate;
use super::preconditions::GatePart;
use super::unused::{Scanned, SwitchedOffSubchart};
use super::value_sources::SetBy;
use super::value_sources::ValueSource;
use crate::diagnostic::printable_json;
use crate::engine::{Dependence, Mentioned, put_place};
use crate::json::{Object, write};
use crate::kubernetes::Id;
use crate::yaml::{Node, Value};

/// Returns the output of `why --output json`: one object with these fields.
///
/// - `key`
/// - `value`, absent if it is not set
/// - `setters`, the strongest first: `by` is `flag`, `file`, `chart` or `elsewhere`; `chart`, `place`, `value`, `wins`
/// - `suggestions`
/// - `tried`: pairs of `key` and `value`
/// - `effects`: `apiVersion`, `kind`, `name`, `namespace`, `template`, and `change`, which is `lines`, `gone` or `new`. `lines`
///   have `line`, `text`, `new` and, if they were traced to templates, `how` (`shown` or `decided`) and `place`. `gone` and
///   `new` have `with`.
/// - `traced`: whether the effects come from a trace
/// - `leavesOut`: whether no line depends on the value because it decided that there are none
/// - `mentions`: places in templates; with `perhaps` if they use a key of this name in something that may be the values
/// - `switchedOff`, if the value is for a disabled subchart: its `name`, and `by`, the keys that disable it
/// - `refused`: `with`, `message`
/// - `gate`: a list of `key`, `now`, `place`, `needs`
pub fn explanation_json(explanation: &Explanation) -> String {
    let mut fields = Object::new();
    fields.text("key", &explanation.path.to_string());
    if let Some(node) = &explanation.value {
        fields.put("value", node.value.clone());
    }
    fields.list("setters", explanation.setters.iter().map(setter));
    fields.list("suggestions", explanation.near.iter().cloned().map(Value::String));
    fields.list("tried", explanation.tried.iter().map(change));
    fields.put("traced", Value::Bool(explanation.is_traced));
    fields.put("leavesOut", Value::Bool(explanation.leaves_out));
    fields.list("mentions", mentions(&explanation.mentions));
    put_switched_off(&mut fields, explanation.switched_off.as_ref());
    fields.list("effects", explanation.effects.iter().map(effect));
    fields.list(
        "refused",
        explanation.refused.iter().map(|(refused, message)| {
            let mut fields = Object::new();
            fields.put("with", change(refused));
            fields.text("message", message);
            fields.into_value()
        }),
    );
    if let Some(found) = &explanation.gate {
        fields.put("gate", gate(found));
    }
    write_object(fields)
}

/// Writes an object as it is printed.
pub(super) fn write_object(fields: Object) -> String {
    printable_json(&write(&fields.into_value())).into_owned() + "\n"
}

/// Returns the output of `values --unused --output json`: `unused` (`key`, `value`, `place`, `tried`, `gate`, `traced`,
/// `mentions`, `switchedOff`), `scanned`, `skipped`.
pub fn unused_json(scanned: &Scanned) -> String {
    let mut fields = Object::new();
    fields.list(
        "unused",
        scanned.unused.iter().map(|unused| {
            let mut fields = Object::new();
            fields.text("key", &unused.path.to_string());
            fields.put("value", unused.node.value.clone());
            put_place(&mut fields, &unused.node.span);
            fields.count("tried", unused.tried);
            fields.put("traced", Value::Bool(unused.is_traced));
            fields.list("mentions", mentions(&unused.mentions));
            put_switched_off(&mut fields, unused.switched_off.as_ref());
            if let Some(found) = &unused.gate {
                fields.put("gate", gate(found));
            }
            fields.into_value()
        }),
    );
    fields.count("scanned", scanned.scanned);
    fields.count("skipped", scanned.left_out);
    write_object(fields)
}

fn put_switched_off(fields: &mut Object, subchart: Option<&SwitchedOffSubchart>) {
    let Some(SwitchedOffSubchart { name, by }) = subchart else { return };
    let mut inner = Object::new();
    inner.text("name", name);
    inner.list("by", by.iter().map(|path| Value::String(path.to_string())));
    fields.put("switchedOff", inner.into_value());
}

fn mentions(mentioned: &Mentioned) -> impl Iterator<Item = Value> {
    mentioned.places.iter().map(|place| {
        let mut fields = Object::new();
        put_place(&mut fields, place);
        if !mentioned.is_certain {
            fields.put("perhaps", Value::Bool(true));
        }
        fields.into_value()
    })
}

fn setter(setter: &ValueSource) -> Value {
    let mut fields = Object::new();
    let by = match &setter.by {
        SetBy::Chart(name) => {
            fields.text("chart", name);
            "chart"
        }
        SetBy::File => "file",
        SetBy::Flag => "flag",
        SetBy::Elsewhere => "elsewhere",
    };
    fields.text("by", by);
    put_place(&mut fields, &setter.place);
    fields.put("value", setter.value.clone().unwrap_or_default());
    fields.put("wins", Value::Bool(setter.wins));
    fields.into_value()
}

fn effect(effect: &Effect) -> Value {
    let Id { api_version, kind, name, namespace } = &effect.id;
    let mut fields = Object::new();
    for (key, text) in [("apiVersion", api_version), ("kind", kind), ("name", name), ("namespace", namespace)] {
        fields.text(key, text);
    }
    fields.text("template", &effect.path);
    match &effect.kind {
        EffectKind::Gone(with) | EffectKind::New(with) => {
            let is_new = matches!(effect.kind, EffectKind::New(_));
            fields.text("change", if is_new { "new" } else { "gone" });
            fields.put("with", change(with));
        }
        EffectKind::Lines(lines) => {
            fields.text("change", "lines");
            fields.list(
                "lines",
                lines.iter().map(|line| {
                    let mut fields = Object::new();
                    fields.count("line", line.number);
                    fields.text("text", &line.text);
                    fields.put("new", Value::Bool(line.is_new));
                    if let Some(source) = &line.source {
                        let is_shown = source.dependence == Dependence::Shown;
                        fields.text("how", if is_shown { "shown" } else { "decided" });
                        source.place.iter().for_each(|place| put_place(&mut fields, place));
                    }
                    fields.into_value()
                }),
            );
        }
    }
    fields.into_value()
}

fn gate(gate: &Gate) -> Value {
    let part = |part: &GatePart| {
        let mut fields = Object::new();
        fields.text("key", &part.change.path.to_string());
        fields.put("now", part.now.value.clone());
        put_place(&mut fields, &part.now.span);
        fields.put("needs", part.change.value.clone().unwrap_or_default());
        Node::generated(fields.into_value())
    };
    Value::List(gate.parts.iter().map(part).collect())
}

fn change(change: &Change) -> Value {
    let mut fields = Object::new();
    fields.text("key", &change.path.to_string());
    fields.put("value", change.value.clone().unwrap_or_default());
    fields.into_value()
}
