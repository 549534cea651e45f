//! A cache of keys and hashes, which are slow to make: a chart that is rendered a hundred times, or rendered again to be
//! traced, would make the same keys each time.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::keys::PrivateKey;
use crate::engine::sprig::error::Error;

/// Keys and hashes that were made, by the seed of their call.
#[derive(Default)]
pub struct Memory {
    keys: Mutex<HashMap<[u8; 32], PrivateKey>>,
    hashes: Mutex<HashMap<[u8; 32], Vec<u8>>>,
}

/// How many keys, and how many hashes, are kept.
const MAX_KNOWN: usize = 10_000;

impl Memory {
    /// Returns the key for a seed, which is made only once.
    pub(super) fn key(
        &self,
        seed: [u8; 32],
        kind: &[u8],
        make: impl FnOnce() -> Result<PrivateKey, Error>,
    ) -> Result<PrivateKey, Error> {
        known(&self.keys, digest(&[b"key", &seed, kind]), make)
    }

    /// Returns the hash for arguments, which include the seed.
    pub(super) fn hash(
        &self,
        arguments: &[&[u8]],
        make: impl FnOnce() -> Result<Vec<u8>, Error>,
    ) -> Result<Vec<u8>, Error> {
        known(&self.hashes, digest(arguments), make)
    }
}

impl fmt::Debug for Memory {
    /// Shows no content, because keys are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// Returns the cached value for an identifier, or makes it. The cache is not locked while a value is made.
fn known<T: Clone>(
    all: &Mutex<HashMap<[u8; 32], T>>,
    identifier: [u8; 32],
    make: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let locked = || all.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = locked().get(&identifier) {
        return Ok(found.clone());
    }
    let computed = make()?;
    let mut all = locked();
    if all.len() < MAX_KNOWN {
        all.insert(identifier, computed.clone());
    }
    Ok(computed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembered_keys_are_not_generated_again() {
        let memory = Memory::default();
        let computed = |argument: &[u8], result: &[u8]| memory.hash(&[argument], || Ok(result.to_vec()));
        assert_eq!(computed(b"a", b"1"), Ok(b"1".to_vec()));
        assert_eq!(computed(b"a", b"2"), Ok(b"1".to_vec()));
        assert_eq!(computed(b"b", b"3"), Ok(b"3".to_vec()));
    }
}
