//! Random functions, and the source of their randomness.

use std::fmt;
use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use super::encoding;
use super::error::Error;
use crate::go::utf8;

/// The source of randomness for one call of a function.
pub struct Random {
    generator: ChaCha20Rng,
    /// The seed of the call.
    seed: [u8; 32],
}

/// The seed of a render that was given none. The system provides it when it is first needed. If the templates run again to
/// trace their output, they get the same results.
#[derive(Default)]
pub struct SystemSeed(OnceLock<[u8; 32]>);

impl SystemSeed {
    /// Returns the seed.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn get(&self) -> Result<&[u8], Error> {
        if let Some(seed) = self.0.get() {
            return Ok(seed);
        }
        let mut seed = [0; 32];
        let fail = |error| Error::call(format!("no randomness from the system: {error}"));
        getrandom::fill(&mut seed).map_err(fail)?;
        Ok(self.0.get_or_init(|| seed))
    }
}

impl fmt::Debug for SystemSeed {
    /// Does not show the seed: it determines all keys of the render.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemSeed").finish_non_exhaustive()
    }
}

/// Where a function is called, which makes its randomness unique in a render.
#[derive(Debug, Clone, Copy)]
pub struct CallSite<'a> {
    /// The name of the release.
    pub release: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// The file that is rendered, or one that it includes.
    pub file: &'a [u8],
    /// The template, in this file or another one, followed by a digest of the calls and iterations that led to it.
    pub template: &'a [u8],
    /// The position of the call in the template, in bytes.
    pub position: u64,
    /// How often it has been called before for this file.
    pub call: u64,
}

impl Random {
    /// Returns a source that is always the same for the same call and seed, regardless of other calls.
    pub fn from_seed(seed: &[u8], site: CallSite<'_>) -> Random {
        let mut digest = Sha256::new();
        for part in [seed, site.release.as_bytes(), site.namespace.as_bytes(), site.file, site.template] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.update(site.position.to_be_bytes());
        digest.update(site.call.to_be_bytes());
        Random::of_call(digest.finalize().into())
    }

    fn of_call(seed: [u8; 32]) -> Random {
        Random { generator: ChaCha20Rng::from_seed(seed), seed }
    }

    /// Returns a separate source for a part of the call, which is always the same for a name. The part can be skipped if
    /// its result is known, without changing the randomness of the rest of the call.
    pub(super) fn part(&self, name: &str) -> Random {
        Random::of_call(Sha256::new().chain_update(self.seed).chain_update(name).finalize().into())
    }

    /// Returns the seed of the call, with which the same arguments always have the same result.
    pub(super) fn seed(&self) -> [u8; 32] {
        self.seed
    }

    /// Returns the generator, for crates that make keys.
    pub(super) fn generator(&mut self) -> &mut ChaCha20Rng {
        &mut self.generator
    }

    /// Returns random bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.generator.fill_bytes(&mut bytes);
        bytes
    }

    /// Returns a uniformly distributed number below `limit`, which must not be 0.
    fn below(&mut self, limit: u64) -> u64 {
        // Numbers beyond the last multiple of the limit would favor small results.
        let usable = u64::MAX - u64::MAX % limit;
        loop {
            let number = self.generator.next_u64();
            if number < usable {
                return number % limit;
            }
        }
    }

    fn text(&mut self, count: i64, characters: &[u8]) -> String {
        let count = usize::try_from(count).unwrap_or(0);
        (0..count).map(|_| char::from(characters[self.below(characters.len() as u64) as usize])).collect()
    }

    /// Returns so many letters and digits (`randAlphaNum`); none for a negative number.
    pub fn letters_and_digits(&mut self, count: i64) -> String {
        self.text(count, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    }

    /// Returns so many letters (`randAlpha`).
    pub fn letters(&mut self, count: i64) -> String {
        self.text(count, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    }

    /// Returns so many digits (`randNumeric`).
    pub fn digits(&mut self, count: i64) -> String {
        self.text(count, b"0123456789")
    }

    /// Returns so many printable ASCII characters (`randAscii`).
    pub fn ascii(&mut self, count: i64) -> String {
        let printable: Vec<u8> = (b' '..=b'~').collect();
        self.text(count, &printable)
    }

    /// Returns so many random bytes in base64 (`randBytes`).
    ///
    /// # Errors
    /// The number is negative.
    pub fn base64(&mut self, count: i64) -> Result<String, Error> {
        let negative = || Error::call("runtime error: makeslice: len out of range");
        let mut bytes = vec![0; usize::try_from(count).map_err(|_| negative())?];
        self.generator.fill_bytes(&mut bytes);
        Ok(encoding::base64(&bytes))
    }

    /// Returns a number from `least` up to, but not including, `limit` (`randInt`).
    ///
    /// # Errors
    /// There is no such number.
    pub fn int(&mut self, least: i64, limit: i64) -> Result<i64, Error> {
        let width = limit.wrapping_sub(least);
        match u64::try_from(width) {
            Ok(width) if width > 0 => Ok(least.wrapping_add(self.below(width) as i64)),
            _ => Err(Error::call("invalid argument to Intn")),
        }
    }

    /// Shuffles the characters of a text (`shuffle`).
    pub fn shuffle(&mut self, text: &[u8]) -> Vec<u8> {
        let mut characters: Vec<char> = utf8::chars(text).collect();
        for last in (1..characters.len()).rev() {
            characters.swap(last, self.below(last as u64 + 1) as usize);
        }
        characters.into_iter().collect::<String>().into_bytes()
    }

    /// Returns a random UUID (`uuidv4`).
    pub fn uuid(&mut self) -> String {
        let mut bytes = self.bytes::<16>();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    pub(in super::super) fn seeded(call: u64) -> Random {
        let site =
            CallSite { release: "r", namespace: "n", file: b"f", template: b"c/templates/x.yaml", position: 7, call };
        Random::from_seed(b"seed", site)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::seeded;
    use super::*;

    #[test]
    fn a_seed_gives_each_call_its_own_stream() {
        assert_eq!(seeded(0).letters(20), seeded(0).letters(20));
        assert_ne!(seeded(0).letters(20), seeded(1).letters(20));
        let site = CallSite { release: "r", namespace: "n", file: b"f", template: b"t", position: 0, call: 0 };
        let other = CallSite { release: "rn", namespace: "", ..site };
        assert_ne!(Random::from_seed(b"s", site).uuid(), Random::from_seed(b"s", other).uuid());
        assert_ne!(Random::from_seed(b"s", site).uuid(), Random::from_seed(b"t", site).uuid());
    }

    #[test]
    fn the_seed_of_the_system_is_the_same_for_one_render_only() {
        let (one, other) = (SystemSeed::default(), SystemSeed::default());
        assert_eq!(one.get(), one.get());
        assert_ne!(one.get(), other.get());
    }

    #[test]
    fn random_strings_have_the_characters_of_their_kind() {
        let mut random = seeded(0);
        assert!(random.letters_and_digits(200).chars().all(|c| c.is_ascii_alphanumeric()));
        assert!(random.letters(200).chars().all(|c| c.is_ascii_alphabetic()));
        assert!(random.digits(200).chars().all(|c| c.is_ascii_digit()));
        assert!(random.ascii(200).chars().all(|c| matches!(c, ' '..='~')));
        assert_eq!(random.ascii(-1), "");
        assert_eq!(random.ascii(200).len(), 200);
    }

    #[test]
    fn numbers_are_within_their_limits() {
        let mut random = seeded(0);
        let mut found = [false; 5];
        for _ in 0..200 {
            found[usize::try_from(random.int(-2, 3).expect("a number") + 2).expect("from 0")] = true;
        }
        assert_eq!(found, [true; 5]);
        assert_eq!(random.int(3, 3), Err(Error::call("invalid argument to Intn")));
        assert_eq!(random.int(i64::MIN, i64::MAX), Err(Error::call("invalid argument to Intn")));
    }

    #[test]
    fn a_shuffled_text_has_the_same_characters() {
        let mut shuffled: Vec<char> =
            String::from_utf8(seeded(0).shuffle("häuser😀".as_bytes())).expect("UTF-8").chars().collect();
        shuffled.sort_unstable();
        let mut sorted: Vec<char> = "häuser😀".chars().collect();
        sorted.sort_unstable();
        assert_eq!(shuffled, sorted);
        assert_eq!(seeded(0).shuffle(b"\xff"), "\u{fffd}".as_bytes());
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let uuid = seeded(0).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
    }

    #[test]
    fn bytes_are_in_base64() {
        assert_eq!(seeded(0).base64(0), Ok(String::new()));
        assert_eq!(seeded(0).base64(3).expect("bytes").len(), 4);
        assert!(seeded(0).base64(-1).is_err());
    }
}
