//! Remarks about a comparison as a whole: about the user's values, and about ignored changes.

use super::changed_value::changed_value;
use super::difference::{Comparison, Ignored};
use super::upgrade::{ChangedDefault, UnusedValue, Upgrade};
use crate::diagnostic::counted;

/// A remark about a comparison as a whole.
#[derive(Debug, Default)]
pub struct Note {
    /// Whether it needs attention.
    pub is_warning: bool,
    /// The text, a single line.
    pub text: String,
    /// The items that it is about, one per line.
    pub details: Vec<String>,
}

impl Note {
    /// Returns the text, with a colon if it introduces a list.
    pub(super) fn heading(&self) -> String {
        let is_list = !self.is_warning && !self.details.is_empty();
        format!("{}{}", self.text, if is_list { ":" } else { "" })
    }
}

/// Returns all remarks about a comparison as a whole.
pub fn notes(comparison: &Comparison) -> Vec<Note> {
    let upgrade = comparison.upgrade.iter().flat_map(upgrade_notes).map(|note| match note.details.len() {
        0 => note,
        _ if note.is_warning => {
            Note { text: format!("{}; {}", note.text, note.details.join("; ")), details: Vec::new(), ..note }
        }
        count => Note { text: format!("{} ({count})", note.text), ..note },
    });
    upgrade.chain(ignored_lines(&comparison.ignored).map(|text| Note { text, ..Note::default() })).collect()
}

/// Returns what happens to the user's values: a warning for each that loses its effect, with its probable new name, then those
/// that neither version reads, then the defaults that changed.
pub(super) fn upgrade_notes(upgrade: &Upgrade) -> Vec<Note> {
    let mut notes: Vec<Note> = upgrade.lost_effect().map(|value| lost_effect(value, &upgrade.new_chart)).collect();
    let keys: Vec<&str> = upgrade.never_used().map(|value| value.key.as_str()).collect();
    if !keys.is_empty() {
        notes.push(Note { text: format!("no effect in either version: {}", keys.join(", ")), ..Note::default() });
    }
    if !upgrade.defaults.is_empty() {
        notes.push(Note {
            is_warning: false,
            text: "changed defaults of values that are not set".to_owned(),
            details: upgrade.defaults.iter().map(changed_default).collect(),
        });
    }
    notes
}

fn lost_effect(value: &UnusedValue, new_chart: &str) -> Note {
    let place = if value.place.is_empty() { String::new() } else { format!(" ({})", value.place) };
    Note {
        is_warning: true,
        text: format!("{}{place} no longer has an effect: no template of {new_chart} reads it", value.key),
        details: value.renamed_to.iter().map(|key| format!("it is probably {key} now")).collect(),
    }
}

/// Returns `image.tag: "1.25" → "1.27" (3 objects)`.
fn changed_default(default: &ChangedDefault) -> String {
    let change = changed_value(&default.key, default.old.as_ref(), default.new.as_ref());
    format!("{change} ({})", counted(default.objects, "object"))
}

/// Reports the ignored changes, and the file of ignore rules.
pub(super) fn ignored_lines(ignored: &Ignored) -> impl Iterator<Item = String> {
    let changes = ignored.text().map(|text| format!("ignored: {text}; use --show-ignored to see them"));
    let file = ignored.file_text().map(|text| format!("ignore rules: {text}"));
    [changes, file].into_iter().flatten()
}
