//! A comparison for programs.

use super::cause::Cause;
use super::compare::{Change, What};
use super::difference::{Comparison, Difference};
use super::impact::Impact;
use crate::diagnostic::printable_json;
use crate::json::{self, Object};
use crate::yaml::Value;

/// Writes a comparison as one JSON object; `mim-chart diff --help` describes it.
pub fn write_json(comparison: &Comparison) -> String {
    let mut top = Object::new();
    top.text("summary", &comparison.summary());
    top.count("unchanged", comparison.unchanged);
    top.list("objects", comparison.differences.iter().map(difference));
    format!("{}\n", printable_json(&json::write(&top.into_value())))
}

fn difference(difference: &Difference) -> Value {
    let mut object = Object::new();
    object.text("status", difference.status.word());
    object.text("apiVersion", &difference.id.api_version);
    object.text("kind", &difference.id.kind);
    object.text("namespace", &difference.id.namespace);
    object.text("name", &difference.id.name);
    object.optional_text("oldName", difference.old_name.as_ref());
    object.text("origin", &difference.origin);
    object.list("causes", difference.causes.iter().map(cause));
    object.list("impacts", difference.impacts.iter().map(impact));
    object.list("changes", difference.changes.iter().map(change));
    object.into_value()
}

fn impact(impact: &Impact) -> Value {
    let mut object = Object::new();
    object.text("rule", impact.rule);
    object.text("level", impact.level.name());
    object.text("text", &impact.text);
    object.optional_text("remedy", impact.remedy.as_ref());
    object.into_value()
}

fn change(change: &Change) -> Value {
    let (word, old, new) = match &change.what {
        What::Added(new) => ("added", None, Some(new)),
        What::Removed(old) => ("removed", Some(old), None),
        What::Changed(old, new) => ("changed", Some(old), Some(new)),
        What::Reordered => ("reordered", None, None),
    };
    let mut object = Object::new();
    object.text("path", &change.path.to_string());
    object.text("change", word);
    object.put("old", old.cloned().unwrap_or_default());
    object.put("new", new.cloned().unwrap_or_default());
    object.list("causes", change.causes.iter().map(cause));
    object.into_value()
}

fn cause(cause: &Cause) -> Value {
    let mut object = Object::new();
    object.text("key", &cause.key);
    object.optional_text("old", cause.old.as_ref());
    object.optional_text("new", cause.new.as_ref());
    object.text("place", &cause.place);
    object.into_value()
}
