//! The patterns of a schema, compiled when a value first meets them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use regex::{Regex, RegexBuilder};

use super::pattern;

/// What a compiled pattern may take, in bytes: the smallest of these that is enough, so that it is known how large it is.
const SIZES: [usize; 5] = [16 << 10, 128 << 10, 1 << 20, 4 << 20, 10 << 20];

/// What all compiled patterns may take. When they do, those that are met again are compiled again.
const ALL: usize = 128 << 20;

/// Bytes of a compiled pattern that count as one step of its compilation.
const COMPILED_A_STEP: usize = 16;

/// Bytes of a text times bytes of a compiled pattern that count as one step of a search: each byte of the text may meet each
/// part of the pattern.
const SEARCHED_A_STEP: usize = 8192;

/// Compiled patterns by their text.
#[derive(Debug, Default)]
pub(super) struct Patterns(Mutex<Compiled>);

#[derive(Debug, Default)]
struct Compiled {
    by_text: HashMap<String, Result<(Regex, usize), String>>,
    bytes: usize,
}

impl Patterns {
    /// Whether a pattern is found in a text; not if `charge`, which hears of the steps before they are taken, says to stop.
    ///
    /// # Errors
    /// If the pattern can't be compiled.
    pub(super) fn is_match(&self, pattern: &str, text: &str, charge: &dyn Fn(usize) -> bool) -> Result<bool, String> {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !compiled.by_text.contains_key(pattern) {
            let Some(found) = compile(pattern, charge) else { return Ok(false) };
            let bytes = pattern.len() + found.as_ref().map_or(0, |(_, size)| *size);
            if compiled.bytes + bytes > ALL {
                *compiled = Compiled::default();
            }
            compiled.bytes += bytes;
            compiled.by_text.insert(pattern.to_owned(), found);
        }
        match compiled.by_text.get(pattern) {
            Some(Ok((regex, size))) => {
                let steps = text.len().saturating_mul(*size) / SEARCHED_A_STEP;
                Ok(charge(steps + pattern.len() / COMPILED_A_STEP) && regex.is_match(text))
            }
            Some(Err(reason)) => Err(reason.clone()),
            None => Ok(false),
        }
    }
}

/// A pattern, and the bytes that it takes at most; `None` if `charge` says to stop.
fn compile(pattern: &str, charge: &dyn Fn(usize) -> bool) -> Option<Result<(Regex, usize), String>> {
    let translated = match pattern::to_compile(pattern) {
        Ok(translated) => translated,
        Err(reason) => return Some(Err(reason)),
    };
    for size in SIZES {
        if !charge(size / COMPILED_A_STEP) {
            return None;
        }
        match RegexBuilder::new(&translated).size_limit(size).build() {
            Ok(regex) => return Some(Ok((regex, size))),
            Err(regex::Error::CompiledTooBig(_)) => {}
            Err(_) => return Some(Err(pattern::parse_error("unsupported expression", pattern))),
        }
    }
    Some(Err(pattern::parse_error("expression too large", pattern)))
}
