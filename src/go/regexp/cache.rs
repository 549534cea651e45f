//! Expressions that were compiled before.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::expression::{Alphabet, COMPILED_A_STEP, Regexp, compile};

/// What all compiled expressions may take. When they do, those that are met again are compiled again.
const ALL: usize = 128 << 20;

/// Bytes of a text times bytes of a compiled expression that count as one step of a search: each byte of the text may meet
/// each part of the expression.
const SEARCHED_A_STEP: usize = 8192;

/// Compiled expressions by their text, for ASCII and for all texts. Its methods report steps of work to `charge` before they are
/// taken; an error of it stops them.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Compiled>);

#[derive(Debug, Default)]
struct Compiled {
    of_ascii: HashMap<String, Result<(Regexp, usize), String>>,
    of_unicode: HashMap<String, Result<(Regexp, usize), String>>,
    bytes: usize,
}

impl Compiled {
    fn of(&mut self, alphabet: Alphabet) -> &mut HashMap<String, Result<(Regexp, usize), String>> {
        match alphabet {
            Alphabet::Ascii => &mut self.of_ascii,
            Alphabet::Unicode => &mut self.of_unicode,
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
    ) -> Result<Result<Regexp, String>, E> {
        self.with(pattern, Alphabet::of(text), charge, |compiled, _| Ok(compiled.map(|(regexp, _)| regexp.clone())))
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
    ) -> Result<Result<(Regexp, usize), String>, E> {
        self.with(pattern, Alphabet::of(text), charge, |compiled, _| Ok(compiled.cloned()))
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
        self.with(pattern, Alphabet::of(text.as_bytes()), charge, |compiled, charge| {
            let (regexp, size) = match compiled {
                Ok(compiled) => compiled,
                Err(reason) => return Ok(Err(reason)),
            };
            let steps = text.len().saturating_mul(*size) / SEARCHED_A_STEP;
            charge(steps + pattern.len() / COMPILED_A_STEP)?;
            Ok(Ok(regexp.is_match(text.as_bytes())))
        })
    }

    fn with<E, C: FnMut(usize) -> Result<(), E>, T>(
        &self,
        pattern: &str,
        alphabet: Alphabet,
        charge: &mut C,
        then: impl FnOnce(Result<&(Regexp, usize), String>, &mut C) -> Result<Result<T, String>, E>,
    ) -> Result<Result<T, String>, E> {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.of(alphabet).get(pattern) {
            return then(known.as_ref().map_err(Clone::clone), charge);
        }
        let new = compile(pattern, alphabet, charge)?;
        let bytes = pattern.len() + new.as_ref().map_or(0, |(_, size)| *size);
        if compiled.bytes + bytes > ALL {
            *compiled = Compiled::default();
        }
        compiled.bytes += bytes;
        let new = compiled.of(alphabet).entry(pattern.to_owned()).or_insert(new);
        then(new.as_ref().map_err(Clone::clone), charge)
    }
}
