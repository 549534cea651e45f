//! An object that differs, as the rules look at it.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::diff::compare::{Change, What};
use crate::diff::difference::Difference;
use crate::diff::stored::{Stored, Version};
use crate::kubernetes::Object;
use crate::secrets::Secrets;
use crate::yaml::{Map, Value};

/// An object that differs, with its fields on both sides.
pub(in crate::diff) struct Changed<'a> {
    pub(super) difference: &'a Difference,
    old: Side<'a>,
    new: Side<'a>,
    stored: OnceLock<Option<Stored>>,
    /// The changes that do not count.
    without: Option<&'a (dyn Fn(&Change) -> bool + Sync)>,
}

/// An object on one side. Its fields are read when a rule asks for them: most rules ask for few kinds.
struct Side<'a> {
    object: Option<&'a Object>,
    secrets: &'a Secrets,
    fields: OnceLock<Option<Map>>,
}

impl<'a> Side<'a> {
    fn fields(&self) -> Option<&Map> {
        let read = || self.object.map(|object| self.secrets.masked(&object.fields()));
        self.fields.get_or_init(read).as_ref()
    }

    fn version(&self) -> Option<Version<'_>> {
        let object = self.object?;
        Some(Version { fields: self.fields()?, id: &object.id, is_live: object.is_live })
    }
}

impl<'a> Changed<'a> {
    /// An object that differs, as it is on the old and on the new side.
    pub(in crate::diff) fn new(
        difference: &'a Difference,
        (old, new): (Option<&'a Object>, Option<&'a Object>),
        secrets: &'a Secrets,
    ) -> Self {
        let side = |object| Side { object, secrets, fields: OnceLock::new() };
        Changed { difference, old: side(old), new: side(new), stored: OnceLock::new(), without: None }
    }

    /// The same as if some changes had not been made.
    pub(in crate::diff) fn without(
        difference: &'a Difference,
        sides: (Option<&'a Object>, Option<&'a Object>),
        secrets: &'a Secrets,
        without: &'a (dyn Fn(&Change) -> bool + Sync),
    ) -> Self {
        Changed { without: Some(without), ..Changed::new(difference, sides, secrets) }
    }

    fn counts(&self, change: &Change) -> bool {
        self.without.is_none_or(|without| !without(change))
    }

    /// Its fields on the old side, with what is secret masked.
    pub(super) fn old(&self) -> Option<&Map> {
        self.old.fields()
    }

    /// Its fields on the new side, with what is secret masked.
    pub(super) fn new_fields(&self) -> Option<&Map> {
        self.new.fields()
    }

    /// Whether a field, or something in it, changed.
    pub(super) fn touches(&self, fields: &[&str]) -> bool {
        self.difference.changes.iter().any(|change| change.path.is_below(fields) && self.counts(change))
    }

    /// Both versions as the API server stores them.
    pub(super) fn stored(&self) -> Option<(&Map, &Map)> {
        self.stored_versions().map(|stored| (&stored.old, &stored.new))
    }

    /// What is stored in another way when the new version is applied over the old one.
    pub(super) fn stored_changes(&self) -> &[Change] {
        self.stored_versions().map(|stored| stored.changes.as_slice()).unwrap_or_default()
    }

    /// Whether the server stores something else in a field then.
    pub(super) fn differs(&self, fields: &[&str]) -> bool {
        self.stored_changes().iter().any(|change| concerns(change, fields))
    }

    fn stored_versions(&self) -> Option<&Stored> {
        let compute = || {
            let mut stored = Stored::of(&self.old.version()?, &self.new.version()?);
            stored.changes.retain(|change| self.counts(change));
            Some(stored)
        };
        self.stored.get_or_init(compute).as_ref()
    }

    /// The object as `kubectl` names it, for commands: `statefulset/mongooseim`.
    pub(super) fn reference(&self) -> String {
        self.reference_by(&self.difference.id.name)
    }

    /// The same with another name.
    pub(super) fn reference_by(&self, name: &str) -> String {
        let id = &self.difference.id;
        let namespace =
            if id.namespace.is_empty() { String::new() } else { format!(" -n {}", shell_word(&id.namespace)) };
        format!("{}{namespace}", reference(&id.kind, name))
    }
}

/// Whether a change is one of a field, or of something in it or around it.
fn concerns(change: &Change, fields: &[&str]) -> bool {
    if change.path.is_below(fields) {
        return true;
    }
    let depth = change.path.0.len();
    let is_around = depth < fields.len() && (0..depth).all(|at| change.path.name(at) == Some(fields[at]));
    let has = |value: &Value| value.as_map().is_some_and(|map| map.at(fields[depth..].iter().copied()).is_some());
    is_around
        && match &change.what {
            What::Added(value) | What::Removed(value) => has(value),
            What::Changed(old, new) => has(old) || has(new),
            What::Reordered => false,
        }
}

pub(super) fn reference(kind: &str, name: &str) -> String {
    shell_word(&format!("{}/{name}", kind.to_lowercase())).into_owned()
}

/// A word of a command that people copy into a shell: in quotes if anything in it might mean something there.
fn shell_word(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:+=,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}

/// The kind of an object, in a sentence for a sentence.
pub(super) fn kind_of(fields: &Map) -> &str {
    fields.text_at(&["kind"]).unwrap_or("object")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_to_copy_quote_what_a_shell_would_act_on() {
        assert_eq!(reference("StatefulSet", "mongooseim"), "statefulset/mongooseim");
        assert_eq!(reference("ConfigMap", "a; rm -rf ~"), "'configmap/a; rm -rf ~'");
        assert_eq!(reference("ConfigMap", "$(x)'y"), "'configmap/$(x)'\\''y'");
    }
}
