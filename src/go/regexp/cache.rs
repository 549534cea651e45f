//! A cache of compiled expressions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::expression::{Alphabet, COMPILED_A_STEP, Regexp, compile};

/// The size that all cached expressions together may have, in bytes. A cache that would exceed it is emptied.
const MAX_BYTES: usize = 128 << 20;

/// The product of text bytes and bytes of a compiled expression that counts as one step of a search: each byte of the
/// text may meet each part of the expression.
const SEARCHED_A_STEP: usize = 8192;

/// How many expressions keep their search buffers for the next search, each some 200 KiB at most. Once this many do,
/// all buffers are freed.
const MAX_KEPT: usize = 512;

/// The longest text for which an expression keeps its search buffers, which grow with the text.
const MAX_KEPT_TEXT: usize = 512;

/// Compiled expressions by pattern, for ASCII and for all texts. The methods report their steps of work to `charge` in
/// advance, and stop if it returns an error.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Compiled>);

#[derive(Debug, Default)]
struct Compiled {
    of_ascii: HashMap<Vec<u8>, Result<Known, String>>,
    of_unicode: HashMap<Vec<u8>, Result<Known, String>>,
    bytes: usize,
    kept: usize,
}

impl Compiled {
    /// Returns a cached expression for searching a text.
    fn lend(&mut self, pattern: &[u8], text: &[u8]) -> Option<Result<(Arc<Regexp>, usize), String>> {
        if self.kept == MAX_KEPT {
            self.of_ascii.values_mut().chain(self.of_unicode.values_mut()).flatten().for_each(Known::give_back);
            self.kept = 0;
        }
        let all = match Alphabet::for_text(text) {
            Alphabet::Ascii => &mut self.of_ascii,
            Alphabet::Unicode => &mut self.of_unicode,
        };
        Some(match all.get_mut(pattern)? {
            Ok(known) => Ok((known.lend(text, &mut self.kept), known.size)),
            Err(reason) => Err(reason.clone()),
        })
    }

    fn add(&mut self, pattern: &[u8], alphabet: Alphabet, new: Result<(Regexp, usize), String>) {
        let bytes = pattern.len() + new.as_ref().map_or(0, |(_, size)| *size);
        if self.bytes + bytes > MAX_BYTES {
            *self = Compiled::default();
        }
        self.bytes += bytes;
        let new = new.map(|(regexp, size)| Known { regexp: Arc::new(regexp), size, is_kept: false });
        match alphabet {
            Alphabet::Ascii => self.of_ascii.insert(pattern.to_owned(), new),
            Alphabet::Unicode => self.of_unicode.insert(pattern.to_owned(), new),
        };
    }
}

#[derive(Debug)]
struct Known {
    regexp: Arc<Regexp>,
    size: usize,
    /// Whether it was lent out with buffers that it keeps.
    is_kept: bool,
}

impl Known {
    /// Returns the expression for searching a text.
    fn lend(&mut self, text: &[u8], kept: &mut usize) -> Arc<Regexp> {
        if text.len() > MAX_KEPT_TEXT || !self.regexp.is_small(self.size) {
            return Arc::new(self.regexp.for_one_search());
        }
        *kept += usize::from(!self.is_kept);
        self.is_kept = true;
        Arc::clone(&self.regexp)
    }

    fn give_back(&mut self) {
        if self.is_kept {
            self.regexp = Arc::new(self.regexp.for_one_search());
            self.is_kept = false;
        }
    }
}

impl Cache {
    /// Returns the compiled expression for a text, or Go's message if the pattern is malformed.
    ///
    /// # Errors
    /// Any error of `charge`.
    pub fn get<E>(
        &self,
        pattern: &str,
        text: &[u8],
        charge: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Result<Arc<Regexp>, String>, E> {
        Ok(self.sized(pattern.as_bytes(), text, charge)?.map(|(regexp, _)| regexp))
    }

    /// Like [`Cache::get`], but also returns the largest size of the expression in bytes, on which the cost of a search
    /// depends. A pattern that is not UTF-8 is malformed.
    ///
    /// # Errors
    /// Any error of `charge`.
    pub fn sized<E>(
        &self,
        pattern: &[u8],
        text: &[u8],
        charge: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Result<(Arc<Regexp>, usize), String>, E> {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(known) = compiled.lend(pattern, text) {
                return Ok(known);
            }
            let alphabet = Alphabet::for_text(text);
            let new = compile(pattern, alphabet, charge)?;
            compiled.add(pattern, alphabet, new);
        }
    }

    /// Whether an expression matches anywhere in a text, or Go's message if the pattern is malformed.
    ///
    /// # Errors
    /// Any error of `charge`, to which the steps of the search are reported too.
    pub fn is_match<E>(
        &self,
        pattern: &str,
        text: &str,
        charge: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Result<bool, String>, E> {
        let (regexp, size) = match self.sized(pattern.as_bytes(), text.as_bytes(), charge)? {
            Ok(compiled) => compiled,
            Err(reason) => return Ok(Err(reason)),
        };
        let steps = text.len().saturating_mul(size) / SEARCHED_A_STEP;
        charge(steps + pattern.len() / COMPILED_A_STEP)?;
        Ok(Ok(regexp.is_match(text.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn cached_expressions_release_their_scratch_memory() {
        let cache = Cache::default();
        for round in 0..2 {
            for number in 0..=MAX_KEPT {
                let (pattern, text) = (format!("^a{number}b$"), format!("a{number}b"));
                let found = cache.is_match(&pattern, &text, &mut |_| Ok::<_, Infallible>(()));
                assert_eq!(found, Ok(Ok(true)), "{pattern} in round {round}");
            }
        }
        let compiled = cache.0.lock().unwrap();
        assert_eq!((compiled.of_ascii.len(), compiled.kept), (MAX_KEPT + 1, 2));
    }
}
