//! A changed object, as the impact rules see it.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::diff::compare::{Change, ChangeKind};
use crate::diff::difference::Difference;
use crate::diff::stored::{Stored, Version};
use crate::kubernetes::Object;
use crate::secrets::Secrets;
use crate::yaml::{Map, Value};

/// A changed object with its fields on both sides.
pub(in crate::diff) struct Changed<'a> {
    pub(super) difference: &'a Difference,
    old: Side<'a>,
    new: Side<'a>,
    stored: OnceLock<Option<Stored>>,
    /// Selects changes to disregard.
    without: Option<&'a (dyn Fn(&Change) -> bool + Sync)>,
}

/// An object on one side. Its fields are read when a rule needs them, as most rules only need a few kinds.
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
    /// Creates a changed object from its old and its new version.
    pub(in crate::diff) fn new(
        difference: &'a Difference,
        (old, new): (Option<&'a Object>, Option<&'a Object>),
        secrets: &'a Secrets,
    ) -> Self {
        let side = |object| Side { object, secrets, fields: OnceLock::new() };
        Changed { difference, old: side(old), new: side(new), stored: OnceLock::new(), without: None }
    }

    /// Creates a changed object as if some changes had not been made.
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

    /// Returns its fields on the old side, with secrets masked.
    pub(super) fn old(&self) -> Option<&Map> {
        self.old.fields()
    }

    /// Returns its fields on the new side, with secrets masked.
    pub(super) fn new_fields(&self) -> Option<&Map> {
        self.new.fields()
    }

    /// Whether a field, or something in it, changed as written.
    pub(super) fn touches(&self, fields: &[&str]) -> bool {
        self.difference.changes.iter().any(|change| change.path.is_below(fields) && self.counts(change))
    }

    /// Returns both versions as the API server would store them.
    pub(super) fn stored(&self) -> Option<(&Map, &Map)> {
        self.stored_versions().map(|stored| (&stored.old, &stored.new))
    }

    /// Returns the stored fields that change when the new version is applied over the old one.
    pub(super) fn stored_changes(&self) -> &[Change] {
        self.stored_versions().map(|stored| stored.changes.as_slice()).unwrap_or_default()
    }

    /// Whether a stored field changes when the new version is applied over the old one.
    pub(super) fn differs(&self, fields: &[&str]) -> bool {
        self.stored_changes().iter().any(|change| concerns(change, fields))
    }

    fn stored_versions(&self) -> Option<&Stored> {
        let compute = || {
            let mut stored = Stored::compare(&self.old.version()?, &self.new.version()?);
            stored.changes.retain(|change| self.counts(change));
            Some(stored)
        };
        self.stored.get_or_init(compute).as_ref()
    }

    /// Returns the object in the form of `kubectl`, for commands: `statefulset/mongooseim`.
    pub(super) fn reference(&self) -> String {
        self.reference_by(&self.difference.id.name)
    }

    /// Returns [`Changed::reference`] with another name.
    pub(super) fn reference_by(&self, name: &str) -> String {
        let id = &self.difference.id;
        let namespace =
            if id.namespace.is_empty() { String::new() } else { format!(" -n {}", shell_word(&id.namespace)) };
        format!("{}{namespace}", reference(&id.kind, name))
    }
}

/// Whether a change concerns a field, something in it, or something around it that contains it.
fn concerns(change: &Change, fields: &[&str]) -> bool {
    if change.path.is_below(fields) {
        return true;
    }
    let depth = change.path.0.len();
    let is_around = depth < fields.len() && (0..depth).all(|at| change.path.name(at) == Some(fields[at]));
    let has = |value: &Value| value.as_map().is_some_and(|map| map.at(fields[depth..].iter().copied()).is_some());
    is_around
        && match &change.kind {
            ChangeKind::Added(value) | ChangeKind::Removed(value) => has(value),
            ChangeKind::Changed(old, new) => has(old) || has(new),
            ChangeKind::Reordered => false,
        }
}

pub(super) fn reference(kind: &str, name: &str) -> String {
    shell_word(&format!("{}/{name}", kind.to_lowercase())).into_owned()
}

/// Quotes a word in a command that people copy into a shell, if the shell might interpret it.
fn shell_word(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:+=,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}

/// Returns the kind of an object for a message.
pub(super) fn kind_of(fields: &Map) -> &str {
    fields.text_at(&["kind"]).unwrap_or("object")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_to_copy_are_quoted_for_a_shell() {
        assert_eq!(reference("StatefulSet", "mongooseim"), "statefulset/mongooseim");
        assert_eq!(reference("ConfigMap", "a; rm -rf ~"), "'configmap/a; rm -rf ~'");
        assert_eq!(reference("ConfigMap", "$(x)'y"), "'configmap/$(x)'\\''y'");
    }
}
