//! An object that differs, as the rules look at it.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::diff::difference::Difference;
use crate::kubernetes::Object;
use crate::secrets::Secrets;
use crate::yaml::Map;

/// An object that differs, with its fields on both sides.
pub(in crate::diff) struct Changed<'a> {
    pub(super) difference: &'a Difference,
    old: Side<'a>,
    new: Side<'a>,
}

/// An object on one side. Its fields are read when a rule asks for them: most rules ask for few kinds.
struct Side<'a> {
    object: Option<&'a Object>,
    secrets: &'a Secrets,
    fields: OnceCell<Option<Map>>,
}

impl<'a> Side<'a> {
    fn fields(&self) -> Option<&Map> {
        let read = || self.object.map(|object| self.secrets.masked(&object.fields()));
        self.fields.get_or_init(read).as_ref()
    }
}

impl<'a> Changed<'a> {
    /// An object that differs, as it is on the old and on the new side.
    pub(in crate::diff) fn new(
        difference: &'a Difference,
        (old, new): (Option<&'a Object>, Option<&'a Object>),
        secrets: &'a Secrets,
    ) -> Self {
        let side = |object| Side { object, secrets, fields: OnceCell::new() };
        Changed { difference, old: side(old), new: side(new) }
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
        self.difference.changes.iter().any(|change| change.path.is_below(fields))
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
