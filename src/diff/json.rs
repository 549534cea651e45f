//! Writes a comparison as JSON.

use super::cause::Cause;
use super::compare::{Change, ChangeKind};
use super::difference::{Comparison, Difference, Ignored};
use super::group::{Group, group};
use super::impact::Impact;
use super::upgrade::{ChangedDefault, UnusedValue, Upgrade};
use crate::diagnostic::printable_json;
use crate::engine::{put_origin, used_json};
use crate::json::{self, Object};
use crate::yaml::Value;

/// Writes a comparison as a JSON object, which `mim-chart diff --help` describes.
pub fn write_json(comparison: &Comparison) -> String {
    let mut top = Object::new();
    top.text("summary", &comparison.summary());
    top.count("unchanged", comparison.unchanged);
    if let Some(upgrade) = &comparison.upgrade {
        top.put("values", upgrade_of(upgrade));
    }
    top.put("ignored", ignored(&comparison.ignored));
    top.list("groups", group(comparison).groups.iter().map(|group| group_of(comparison, group)));
    top.list("objects", comparison.differences.iter().map(difference));
    format!("{}\n", printable_json(&json::write(&top.into_value())))
}

fn upgrade_of(upgrade: &Upgrade) -> Value {
    let unused = |value: &UnusedValue| {
        let mut object = Object::new();
        object.text("key", &value.key);
        object.text("place", &value.place);
        object.put("wasUsed", Value::Bool(value.was_used));
        object.optional_text("renamedTo", value.renamed_to.as_ref());
        object.into_value()
    };
    let moved = |moved: &ChangedDefault| {
        let mut object = Object::new();
        object.text("key", &moved.key);
        object.optional_text("old", moved.old.as_ref());
        object.optional_text("new", moved.new.as_ref());
        object.count("objects", moved.objects);
        object.into_value()
    };
    let mut object = Object::new();
    object.text("oldChart", &upgrade.old_chart);
    object.text("newChart", &upgrade.new_chart);
    object.list("unused", upgrade.unused.iter().map(unused));
    object.list("defaults", upgrade.defaults.iter().map(moved));
    object.into_value()
}

fn ignored(ignored: &Ignored) -> Value {
    let mut object = Object::new();
    object.count("changes", ignored.changes);
    object.count("objects", ignored.objects);
    object.list(
        "rules",
        ignored.by.iter().map(|by| {
            let mut object = Object::new();
            object.text("rule", &by.rule);
            object.count("changes", by.changes);
            object.into_value()
        }),
    );
    if let Some((path, rules)) = &ignored.file {
        let mut file = Object::new();
        file.text("path", path);
        file.count("rules", *rules);
        object.put("file", file.into_value());
    }
    object.into_value()
}

fn group_of(comparison: &Comparison, group: &Group) -> Value {
    let mut object = Object::new();
    object.list("changes", group.changes.iter().map(|shared| change(&shared.change)));
    object.list(
        "objects",
        group.objects.iter().map(|at| {
            let id = &comparison.differences[*at].id;
            let mut object = Object::new();
            object.text("apiVersion", &id.api_version);
            object.text("kind", &id.kind);
            object.text("namespace", &id.namespace);
            object.text("name", &id.name);
            object.into_value()
        }),
    );
    object.into_value()
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
    if let Some(line) = &difference.line {
        put_origin(&mut object, Some(&line.place), &line.calls);
    }
    object.list("changes", difference.changes.iter().map(change));
    object.into_value()
}

fn impact(impact: &Impact) -> Value {
    let mut object = Object::new();
    object.text("rule", impact.rule);
    object.text("level", impact.level.name());
    object.text("text", &impact.text());
    object.optional_text("remedy", impact.remedy.as_ref());
    object.into_value()
}

fn change(change: &Change) -> Value {
    let (word, old, new) = match &change.kind {
        ChangeKind::Added(new) => ("added", None, Some(new)),
        ChangeKind::Removed(old) => ("removed", Some(old), None),
        ChangeKind::Changed(old, new) => ("changed", Some(old), Some(new)),
        ChangeKind::Reordered => ("reordered", None, None),
    };
    let mut object = Object::new();
    object.text("path", &change.path.to_string());
    object.text("change", word);
    object.put("old", old.cloned().unwrap_or_default());
    object.put("new", new.cloned().unwrap_or_default());
    object.list("causes", change.causes.iter().map(cause));
    if let Some(origin) = &change.origin {
        put_origin(&mut object, Some(&origin.place), &origin.calls);
        object.list("shown", origin.shown.iter().map(|used| used_json(used)));
        object.list("deciding", origin.deciding.iter().map(|used| used_json(used)));
    }
    object.into_value()
}

pub(super) fn cause(cause: &Cause) -> Value {
    let mut object = Object::new();
    object.text("key", &cause.key);
    object.optional_text("old", cause.old.as_ref());
    object.optional_text("new", cause.new.as_ref());
    object.text("place", &cause.place);
    object.into_value()
}
