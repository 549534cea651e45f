//! Expressions that were compiled before.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use regex::bytes::RegexBuilder;

use super::{Regexp, syntax};

/// What a compiled expression may take, in bytes: the smallest of these that is enough, so that it is known how large it is.
const SIZES: [usize; 5] = [16 << 10, 128 << 10, 1 << 20, 4 << 20, 10 << 20];

/// What all compiled expressions may take. When they do, those that are met again are compiled again.
const ALL: usize = 128 << 20;

/// Bytes of a compiled expression that count as one step of its compilation.
const COMPILED_A_STEP: usize = 16;

/// Bytes of a text times bytes of a compiled expression that count as one step of a search: each byte of the text may meet
/// each part of the expression.
const SEARCHED_A_STEP: usize = 8192;

/// Compiled expressions by their text. Its methods tell `charge` about steps of work before they are taken; its error
/// stops them.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Compiled>);

#[derive(Debug, Default)]
struct Compiled {
    by_text: HashMap<String, Result<(Regexp, usize), String>>,
    bytes: usize,
}

impl Cache {
    /// A compiled expression, or Go's message where it is malformed.
    ///
    /// # Errors
    /// Those of `charge`.
    pub fn get<E>(
        &self,
        pattern: &str,
        charge: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Result<Regexp, String>, E> {
        self.with(pattern, charge, |compiled, _| Ok(compiled.map(|(regexp, _)| regexp.clone())))
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
        self.with(pattern, charge, |compiled, charge| {
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
        charge: &mut C,
        then: impl FnOnce(Result<&(Regexp, usize), String>, &mut C) -> Result<Result<T, String>, E>,
    ) -> Result<Result<T, String>, E> {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.by_text.get(pattern) {
            return then(known.as_ref().map_err(Clone::clone), charge);
        }
        let new = compile(pattern, charge)?;
        let bytes = pattern.len() + new.as_ref().map_or(0, |(_, size)| *size);
        if compiled.bytes + bytes > ALL {
            *compiled = Compiled::default();
        }
        compiled.bytes += bytes;
        let new = compiled.by_text.entry(pattern.to_owned()).or_insert(new);
        then(new.as_ref().map_err(Clone::clone), charge)
    }
}

/// An expression, and the bytes that it takes at most.
fn compile<E>(
    pattern: &str,
    charge: &mut impl FnMut(usize) -> Result<(), E>,
) -> Result<Result<(Regexp, usize), String>, E> {
    let translated = match syntax::to_compile(pattern) {
        Ok(translated) => translated,
        Err(reason) => return Ok(Err(reason)),
    };
    for size in SIZES {
        charge(size / COMPILED_A_STEP)?;
        match RegexBuilder::new(&translated).size_limit(size).build() {
            Ok(regex) => return Ok(Ok((Regexp { pattern: pattern.to_owned(), regex }, size))),
            Err(regex::Error::CompiledTooBig(_)) => {}
            Err(_) => return Ok(Err(syntax::parse_error("unsupported expression", pattern))),
        }
    }
    Ok(Err(syntax::parse_error("expression too large", pattern)))
}
