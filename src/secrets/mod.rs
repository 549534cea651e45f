//! Masks secrets in everything that is printed, except manifests and values themselves.
//!
//! These are secret:
//! - values that a chart's schema marks as `writeOnly`, with everything in them;
//! - the data of Secret objects;
//! - as a fallback, strings and numbers in values and objects whose keys name secrets ([`names_a_secret`]), including environment
//!   entries (`{name: DB_PASSWORD, value: x}`). A key that ends in `secret` may hold the name of a Secret object: if a schema
//!   marks other values as `writeOnly` but not this one, the value is not secret.
//!
//! The default values of a chart are public, and so are the names, namespaces and kinds of objects.
//!
//! A secret of eight bytes or more is found anywhere in other text, in any spelling: quoted, escaped, in upper case, in base64,
//! hexadecimal or a URL, with or without other text around it. A shorter secret is found only as a whole value, so that numbers
//! such as ports and replicas are not mistaken for it. Keys are never masked. In a message that a chart writes (`fail`,
//! `required`), shorter secrets are masked in quotes, and as whole words if the message is about their value.
//!
//! | file | content |
//! |---|---|
//! | `names` | which keys name secrets |
//! | `write_only` | which values are secret, by schemas and keys |
//! | `places` | where secrets are written in files and flags |
//! | `value_id` | identifies a value by a hash of its path |
//! | `gathering` | gathers all secrets of a run |
//! | `finder`, `spellings` | find secrets in text, in any spelling |
//! | `lines` | finds secrets in text without a known structure |
//! | `documents` | masks values, objects and the text of documents |
//! | `counterparts` | masks the old side of a comparison where the new side has a secret |
//! | `excerpts` | masks diagnostics |

mod counterparts;
mod documents;
mod excerpts;
mod finder;
mod gathering;
mod lines;
mod names;
mod places;
mod spellings;
mod value_id;
mod write_only;

use std::collections::HashMap;
use std::ops::Range;

use ahash::AHashSet;

pub use gathering::Gathering;
pub use names::{may_hold_secrets, names_a_secret};
pub use write_only::ChartSchema;

use crate::kubernetes::names::MAX_SUBDOMAIN;
use crate::yaml::Map;
use finder::{Finder, Found};
use places::Places;
use value_id::ValueId;

/// The text in place of a secret, unless masks have numbers.
pub const MASK: &str = "(secret)";

/// The secrets of a run. The default value knows no secrets and masks only by keys.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The number of each secret content, from 1.
    numbers: HashMap<Vec<u8>, usize>,
    finder: Finder,
    /// Where secrets are written in files and flags.
    places: Places,
    /// The values that are secret.
    values: AHashSet<ValueId>,
    /// Values that are secret by schema or key, with their public default.
    public_values: AHashSet<(ValueId, String)>,
    /// Strings that are never secret, whatever their key.
    public: AHashSet<String>,
    /// Keys that name secrets, but whose values are not secret according to a schema.
    plain_keys: AHashSet<String>,
    /// Whether masks have numbers.
    is_numbered: bool,
    /// Whether nothing is masked and the data of Secrets is decoded.
    is_open: bool,
    /// Whether the data of Secrets stays encoded although nothing is masked.
    keeps_data: bool,
}

impl Secrets {
    /// Returns secrets that mask nothing. The data of Secrets is shown decoded, where it is text.
    pub fn shown() -> Secrets {
        Secrets { is_open: true, ..Secrets::default() }
    }

    /// Returns these secrets for output that other programs read: what is not masked stays as it is written.
    pub fn as_written(self) -> Secrets {
        Secrets { keeps_data: true, ..self }
    }

    /// Whether nothing is masked.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    fn mask_of(&self, number: Option<usize>) -> String {
        match number.filter(|_| self.is_numbered) {
            Some(number) => format!("(secret {number})"),
            None => MASK.to_owned(),
        }
    }

    /// Masks the secrets in a string of a value or a manifest.
    pub fn mask(&self, text: &str) -> String {
        if self.is_open {
            return text.to_owned();
        }
        self.masked_text(text).0
    }

    /// Masks the secrets in a string, and reports whether all of it is masked.
    fn masked_text(&self, text: &str) -> (String, bool) {
        if let Some(number) = self.finder.find_short(text) {
            return (self.mask_of(Some(number)), true);
        }
        let mut found = self.found_in(text);
        found.extend(self.assigned(text));
        let found = finder::merged(found);
        let trimmed = text.trim();
        let start = text.len() - text.trim_start().len();
        match found.as_slice() {
            [whole] if whole.range.start <= start && start + trimmed.len() <= whole.range.end => {
                return (self.mask_of(whole.number), true);
            }
            _ => {}
        }
        let mut masked = String::with_capacity(text.len());
        let mut at = 0;
        for found in found {
            masked.push_str(&text[at..found.range.start]);
            masked.push_str(&self.mask_of(found.number));
            at = found.range.end;
        }
        masked.push_str(&text[at..]);
        (masked, false)
    }

    /// Returns the places of known secrets in a string, except where they are part of a public name.
    fn found_in(&self, text: &str) -> Vec<Found> {
        let mut found = self.finder.find(text);
        found.retain(|found| !self.is_in_a_name(text, &found.range));
        found
    }

    /// Whether a part of a string belongs to a longer public word, such as an object's name.
    fn is_in_a_name(&self, text: &str, range: &Range<usize>) -> bool {
        let is_of_a_name = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        let before = text[..range.start].chars().rev().take(MAX_SUBDOMAIN).take_while(is_of_a_name).count();
        let after = text[range.end..].chars().take(MAX_SUBDOMAIN).take_while(is_of_a_name).count();
        let word = text[range.start - before..range.end + after].trim_matches(['.', '-']);
        word.len() > range.len() && self.public.contains(word)
    }

    /// Returns what a text assigns to keys that name secrets, in configuration files and flags of commands. These secrets may
    /// occur nowhere else.
    fn assigned(&self, text: &str) -> Vec<Found> {
        if !lines::may_assign(text) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for range in lines::assigned(text) {
            let value = &text[range.clone()];
            if !self.public.contains(value) && lines::masks(value).next().is_none() {
                found.push(Found { range, number: self.numbers.get(value.as_bytes()).copied() });
            }
        }
        found
    }
}

/// Whether an object's data is secret.
fn is_secret(object: &Map) -> bool {
    let text = |name: &str| object.get(name).and_then(|node| node.value.as_str());
    text("kind") == Some("Secret") && text("apiVersion").is_none_or(|version| version == "v1")
}

#[cfg(test)]
mod tests;
