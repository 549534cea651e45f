//! Two sets of manifests compared: which objects come, go and change, in which fields, and what that does in a cluster.
//!
//! | file | what it does |
//! |---|---|
//! | `live` | what the API server made of an object |
//! | `pair` | which object of one side is which of the other |
//! | `compare` | the fields of two versions of an object |
//! | `fingerprint` | short names of values, for lists and objects that may have moved |
//! | `impact`, `services`, `workloads` | what a change does, by Kubernetes' rules |
//! | `lines` | text compared line by line |
//! | `text`, `markdown`, `json`, `unified` | the answer in four forms |

mod compare;
mod fingerprint;
mod impact;
mod json;
mod lines;
mod live;
mod markdown;
mod pair;
mod services;
mod text;
mod unified;
mod workloads;

pub use compare::{Change, What};
pub use impact::{Gravity, Impact};
pub use json::write_json;
pub use markdown::write_markdown;
pub use text::{TextOptions, write_text};
pub use unified::write_unified;

use crate::kubernetes::{Id, Object, ObjectType, Schema};
use crate::secrets::{Gathering, Secrets, may_hold_secrets};
use crate::yaml::{self, Map, Value};

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is new.
    Added,
    /// It is there no more.
    Removed,
    /// Some of its fields changed.
    Changed,
    /// It has another name, and is the same otherwise.
    Renamed,
    /// It says the same in other words: comments, quotes, the order of keys.
    Rewritten,
}

impl Status {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Status::Added => "added",
            Status::Removed => "removed",
            Status::Changed => "changed",
            Status::Renamed => "renamed",
            Status::Rewritten => "rewritten",
        }
    }
}

/// An object that is not the same on both sides.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What became of it.
    pub status: Status,
    /// What it calls itself, on the new side where it is there.
    pub id: Id,
    /// Where it comes from: a template's path, or a file.
    pub origin: String,
    /// The name that it had before, if it has another one now.
    pub old_name: Option<String>,
    /// The fields that changed; none of an object that comes or goes.
    pub changes: Vec<Change>,
    /// For each change the values that made it so, where that could be told.
    pub causes: Vec<Vec<Cause>>,
    /// The values that made the object come or go, where that could be told.
    pub own_causes: Vec<Cause>,
    /// What it does in a cluster.
    pub impacts: Vec<Impact>,
    /// The object before, as text; empty if it is new.
    pub old_text: String,
    /// The object now, as text; empty if it is gone.
    pub new_text: String,
}

/// A value that made a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The value's key, as `--set` writes it.
    pub key: String,
    /// What it was, as JSON; `None` if it was not set.
    pub old: Option<String>,
    /// What it is, as JSON; `None` if it is not set.
    pub new: Option<String>,
    /// Who set it: a file with its line, or a flag.
    pub place: String,
}

/// All that differs between two sides.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The objects that differ: those of the new side in its order, then what is gone.
    pub differences: Vec<Difference>,
    /// How many objects are the same.
    pub unchanged: usize,
}

impl Comparison {
    /// How many objects have a status.
    pub fn count(&self, status: Status) -> usize {
        self.differences.iter().filter(|difference| difference.status == status).count()
    }

    /// Whether nothing differs that a cluster would notice.
    pub fn is_empty(&self) -> bool {
        self.differences.iter().all(|difference| difference.status == Status::Rewritten)
    }

    /// `2 changed, 1 added, 5 unchanged`
    pub fn summary(&self) -> String {
        let statuses = [Status::Changed, Status::Added, Status::Removed, Status::Renamed, Status::Rewritten];
        let mut parts: Vec<String> = statuses
            .into_iter()
            .map(|status| (self.count(status), status.word()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        if parts.is_empty() {
            parts.push("no differences".to_owned());
        }
        parts.push(format!("{} unchanged", self.unchanged));
        parts.join(", ")
    }
}

/// Adds what is secret in objects. Their names, namespaces and kinds are public.
pub fn gather_secrets<'o>(objects: impl Iterator<Item = &'o Object> + Clone, gathering: &mut Gathering) {
    for object in objects.clone() {
        [&object.id.name, &object.id.namespace, &object.id.kind].into_iter().for_each(|text| gathering.public(text));
    }
    for object in objects.filter(|object| object.text().is_none_or(may_hold_secrets)) {
        gathering.object(&object.fields());
    }
}

/// Compares two sides. What `secrets` knows is masked in all that comes out. `namespace` is the one of objects that say
/// none.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::diff::compare_sides;
/// use mim_chart::kubernetes::read_objects;
/// use mim_chart::secrets::Secrets;
///
/// let side = |replicas: u32| {
///     let text = format!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: a}}\nspec: {{replicas: {replicas}}}\n");
///     read_objects(&Source::file("m.yaml", text), "m.yaml").unwrap()
/// };
/// let compared = compare_sides(&side(1), &side(3), &Secrets::default(), "default");
/// assert_eq!(compared.summary(), "1 changed, 0 unchanged");
/// assert_eq!(compared.differences[0].impacts[0].text, "scales 1 → 3");
/// ```
pub fn compare_sides(old: &[Object], new: &[Object], secrets: &Secrets, namespace: &str) -> Comparison {
    let pairs = pair::pair(old, new, namespace);
    let mut comparison = Comparison::default();
    let mut fields = Vec::new();
    for pair in pairs {
        let Some(difference) = difference(&pair, secrets) else {
            comparison.unchanged += 1;
            continue;
        };
        // Of what comes or goes few kinds are looked into; a long stream of others is not kept.
        let is_looked_into = matches!(difference.status, Status::Changed | Status::Renamed)
            || matches!(difference.id.kind.as_str(), "StatefulSet" | "Service");
        let of =
            |object: Option<&Object>| object.filter(|_| is_looked_into).map(|object| secrets.masked(&object.fields()));
        fields.push((of(pair.old), of(pair.new)));
        comparison.differences.push(difference);
    }
    let objects: Vec<impact::Changed<'_>> = comparison
        .differences
        .iter()
        .zip(&fields)
        .map(|(difference, (old, new))| impact::Changed { difference, old: old.as_ref(), new: new.as_ref() })
        .collect();
    let impacts = impact::impacts(&objects, new);
    for (difference, impacts) in comparison.differences.iter_mut().zip(impacts) {
        difference.impacts = impacts;
    }
    comparison
}

fn difference(pair: &pair::Pair<'_>, secrets: &Secrets) -> Option<Difference> {
    let either = pair.new.or(pair.old)?;
    let mut difference = Difference {
        status: Status::Changed,
        id: either.id.clone(),
        origin: either.origin.clone(),
        old_name: None,
        changes: Vec::new(),
        causes: Vec::new(),
        own_causes: Vec::new(),
        impacts: Vec::new(),
        old_text: String::new(),
        new_text: String::new(),
    };
    match (pair.old, pair.new) {
        (Some(old), Some(new)) => {
            if old.text().is_some_and(|text| new.text().is_some_and(|other| text.trim_end() == other.trim_end())) {
                return None;
            }
            let (old_fields, new_fields) = (old.fields(), new.fields());
            let (mut before, after) = (secrets.masked(&old_fields), secrets.masked(&new_fields));
            secrets.mask_counterparts(&mut before, &after);
            difference.changes = compare::compare(&before, &after, type_of(&new.id));
            if old.is_live {
                difference.changes.retain(|change| !live::is_made_by_the_server(change, &before, type_of(&new.id)));
            }
            if pair.is_rename {
                difference.status = Status::Renamed;
                difference.old_name = Some(old.id.name.clone());
            } else if difference.changes.is_empty() {
                if old.is_live {
                    return None;
                }
                difference.status = Status::Rewritten;
            }
            (difference.old_text, difference.new_text) =
                match (text_of(old, &old_fields, &before, secrets), text_of(new, &new_fields, &after, secrets)) {
                    (Some(old), Some(new)) => (old, new),
                    // Of documents and written fields every line would differ.
                    _ => (written(&before), written(&after)),
                };
        }
        (None, Some(new)) => {
            difference.status = Status::Added;
            difference.new_text = masked_text(new, secrets);
        }
        (Some(old), None) => {
            difference.status = Status::Removed;
            difference.old_text = masked_text(old, secrets);
        }
        (None, None) => return None,
    }
    difference.causes = vec![Vec::new(); difference.changes.len()];
    Some(difference)
}

/// The text of an object, for people to compare: the document as it stands, with what is secret masked. `None` if it has none
/// of its own.
fn text_of(object: &Object, fields: &Map, masked: &Map, secrets: &Secrets) -> Option<String> {
    object.text()?;
    let text = secrets.text_of(object.span.source()?, object.span.range(), fields, masked)?;
    Some(text.trim_end().to_owned() + "\n")
}

fn masked_text(object: &Object, secrets: &Secrets) -> String {
    let fields = object.fields();
    let masked = secrets.masked(&fields);
    text_of(object, &fields, &masked, secrets).unwrap_or_else(|| written(&masked))
}

/// Fields written out.
fn written(fields: &Map) -> String {
    yaml::write_pretty(&Value::Map(fields.clone())).trim_end().to_owned() + "\n"
}

/// The fields in which two versions of an object differ.
pub fn changes(old: &Object, new: &Object) -> Vec<Change> {
    compare::compare(&old.fields(), &new.fields(), type_of(&new.id))
}

/// What the schema says of objects of an identity.
fn type_of(id: &Id) -> Option<&'static ObjectType> {
    let schema = Schema::built_in();
    schema.object_type(schema.kind(&id.api_version, &id.kind)?.type_name)
}

/// The whole number at a path.
fn number(map: &Map, path: &[&str]) -> Option<i64> {
    match map.at(path.iter().copied())?.value {
        crate::yaml::Value::Int(number) => Some(number),
        crate::yaml::Value::Float(number) => Some(number as i64),
        _ => None,
    }
}

/// The text at a path.
fn words<'m>(map: &'m Map, path: &[&str]) -> Option<&'m str> {
    map.at(path.iter().copied())?.value.as_str()
}
