//! Expressions that were compiled before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::expression::{Alphabet, COMPILED_A_STEP, Regexp, compile};

/// What all compiled expressions may take. When they do, those that are met again are compiled again.
const ALL: usize = 128 << 20;

/// Bytes of a text times bytes of a compiled expression that count as one step of a search: each byte of the text may meet
/// each part of the expression.
const SEARCHED_A_STEP: usize = 8192;

/// How many expressions keep what a search needs for the next one, some 200 KiB at most: when as many do, all of it is given
/// back.
const KEPT: usize = 512;

/// The longest text for whose search an expression keeps what it needs: that grows with the text.
const SHORT: usize = 512;

/// Compiled expressions by their text, for ASCII and for all texts. Its methods report steps of work to `charge` before they are
/// taken; an error of it stops them.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Compiled>);

#[derive(Debug, Default)]
struct Compiled {
    of_ascii: HashMap<String, Result<Known, String>>,
    of_unicode: HashMap<String, Result<Known, String>>,
    bytes: usize,
    kept: usize,
}

impl Compiled {
    /// An expression that was compiled before, for the search of a text.
    fn lend(&mut self, pattern: &str, text: &[u8]) -> Option<Result<(Arc<Regexp>, usize), String>> {
        if self.kept == KEPT {
            self.of_ascii.values_mut().chain(self.of_unicode.values_mut()).flatten().for_each(Known::give_back);
            self.kept = 0;
        }
        let all = match Alphabet::of(text) {
            Alphabet::Ascii => &mut self.of_ascii,
            Alphabet::Unicode => &mut self.of_unicode,
        };
        Some(match all.get_mut(pattern)? {
            Ok(known) => Ok((known.lend(text, &mut self.kept), known.size)),
            Err(reason) => Err(reason.clone()),
        })
    }

    fn add(&mut self, pattern: &str, alphabet: Alphabet, new: Result<(Regexp, usize), String>) {
        let bytes = pattern.len() + new.as_ref().map_or(0, |(_, size)| *size);
        if self.bytes + bytes > ALL {
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
    /// Whether it was lent with what its searches need.
    is_kept: bool,
}

impl Known {
    /// The expression for the search of a text.
    fn lend(&mut self, text: &[u8], kept: &mut usize) -> Arc<Regexp> {
        if text.len() > SHORT || !self.regexp.is_small(self.size) {
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
    /// A compiled expression for a text, or Go's message where it is malformed.
    ///
    /// # Errors
    /// Those of `charge`.
    pub fn get<E>(
        &self,
        pattern: &str,
        text: &[u8],
        charge: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Result<Arc<Regexp>, String>, E> {
        Ok(self.sized(pattern, text, charge)?.map(|(regexp, _)| regexp))
    }

    /// The same, and the bytes that the expression takes at most: each byte of a text may meet each part of it.
    ///
    /// # Errors
    /// Those of `charge`.
    pub fn sized<E>(
        &self,
        pattern: &str,
        text: &[u8],
        charge: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Result<(Arc<Regexp>, usize), String>, E> {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(known) = compiled.lend(pattern, text) {
                return Ok(known);
            }
            let alphabet = Alphabet::of(text);
            let new = compile(pattern, alphabet, charge)?;
            compiled.add(pattern, alphabet, new);
        }
    }

    /// Whether an expression is found in a text, or Go's message where it is malformed.
    ///
    /// # Errors
    /// Those of `charge`, which hears of the search, too.
    pub fn is_match<E>(
        &self,
        pattern: &str,
        text: &str,
        charge: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Result<bool, String>, E> {
        let (regexp, size) = match self.sized(pattern, text.as_bytes(), charge)? {
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
    fn many_expressions_give_back_what_their_searches_need() {
        let cache = Cache::default();
        for round in 0..2 {
            for number in 0..=KEPT {
                let (pattern, text) = (format!("^a{number}b$"), format!("a{number}b"));
                let found = cache.is_match(&pattern, &text, &mut |_| Ok::<_, Infallible>(()));
                assert_eq!(found, Ok(Ok(true)), "{pattern} in round {round}");
            }
        }
        let compiled = cache.0.lock().unwrap();
        assert_eq!((compiled.of_ascii.len(), compiled.kept), (KEPT + 1, 2));
    }
}
