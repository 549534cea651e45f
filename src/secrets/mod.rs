//! What is not to be read by everybody, and masking it in all that is printed but manifests and values themselves.
//!
//! Secret are
//! - values that a chart's schema marks as `writeOnly`, and all that is in them;
//! - the contents of objects of the kind Secret;
//! - as a fallback, texts and numbers of values and objects whose keys say so ([`names_a_secret`]), entries of environments
//!   among them (`{name: DB_PASSWORD, value: x}`). A key that ends in `secret` may hold the name of a Secret: where a schema marks other
//!   values and describes this one without a mark, it is none.
//!
//! What a chart has as a default is public, and so are names, namespaces and kinds of objects.
//!
//! A secret of eight characters or more is found anywhere in a text, in any spelling: quoted, escaped, in upper case, as base64
//! or hexadecimal or in a URL, alone or together with other text. A shorter one is found only where it is a whole text: numbers such
//! as ports and replicas are never taken for it. Keys stay as they are. In a sentence that a chart's own check gives, a shorter
//! one is masked in quotes, and as a word where the sentence is about its value.
//!
//! | file | what it does |
//! |---|---|
//! | `names` | which keys hold secrets |
//! | `write_only` | which values are secret, by schemas and keys |
//! | `value_id` | which value is meant, in a few bytes |
//! | `gathering` | all secrets of a run |
//! | `finder`, `spellings` | finds them in texts |
//! | `lines` | secrets in texts of which nothing is known |
//! | `documents` | values, objects and their texts with what is secret masked |
//! | `counterparts` | what stood where a secret is now |
//! | `excerpts` | diagnostics with what is secret masked |

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

/// What is secret in a run. The default knows no text: it goes by keys alone.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The number of each content, from 1.
    numbers: HashMap<Vec<u8>, usize>,
    finder: Finder,
    /// Where secrets are written, in files and flags.
    places: Places,
    /// The values that are secret.
    values: AHashSet<ValueId>,
    /// Secret values that are a chart's own defaults.
    public_values: AHashSet<(ValueId, String)>,
    /// Texts that are not secret whatever their key.
    public: AHashSet<String>,
    /// Keys that would name secrets, but for a schema.
    plain_keys: AHashSet<String>,
    /// Masks have numbers.
    is_numbered: bool,
    /// Nothing is masked, and what Secrets hold in base64 is shown as what it is.
    is_open: bool,
}

impl Secrets {
    /// Nothing is masked: the contents of Secrets are shown, as text where they are text.
    pub fn shown() -> Secrets {
        Secrets { is_open: true, ..Secrets::default() }
    }

    /// Whether nothing is masked.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    fn mask_of(&self, number: Option<usize>) -> String {
        match number.filter(|_| self.is_numbered) {
            Some(number) => format!("(secret {number})"),
            None => "(secret)".to_owned(),
        }
    }

    /// A text of a value or a manifest with what is secret in it masked.
    pub fn mask(&self, text: &str) -> String {
        if self.is_open {
            return text.to_owned();
        }
        self.masked_text(text).0
    }

    /// The same, and whether all of the text is masked.
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

    /// Where secrets are in a text, but for names that are public and hold a secret as a part.
    fn found_in(&self, text: &str) -> Vec<Found> {
        let mut found = self.finder.find(text);
        found.retain(|found| !self.is_in_a_name(text, &found.range));
        found
    }

    /// Whether a part of a text is in a word that is public, such as an object's name.
    fn is_in_a_name(&self, text: &str, range: &Range<usize>) -> bool {
        let is_of_a_name = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        let before = text[..range.start].chars().rev().take(MAX_SUBDOMAIN).take_while(is_of_a_name).count();
        let after = text[range.end..].chars().take(MAX_SUBDOMAIN).take_while(is_of_a_name).count();
        let word = text[range.start - before..range.end + after].trim_matches(['.', '-']);
        word.len() > range.len() && self.public.contains(word)
    }

    /// What a text assigns to keys that name secrets, in configuration files and flags of commands: it may be known from
    /// nowhere else.
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
