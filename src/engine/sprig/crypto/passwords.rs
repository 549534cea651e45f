//! Hashed passwords.

use bcrypt::Version;

use super::memory::Memory;
use crate::engine::sprig::error::Error;
use crate::engine::sprig::random::Random;

/// The default cost in Go's library.
const COST: u32 = 10;

/// The longest password that bcrypt uses in full, in bytes.
const MAX_PASSWORD: usize = 72;

/// Returns a password's bcrypt hash (`bcrypt`), or an error message, as Helm does.
pub fn bcrypt(random: &mut Random, memory: &Memory, password: &[u8]) -> Vec<u8> {
    let failed = |message: &str| format!("failed to encrypt string with bcrypt: {message}").into_bytes();
    if password.len() > MAX_PASSWORD {
        return failed("bcrypt: password length exceeds 72 bytes");
    }
    let seed = random.seed();
    let hash = memory.hash(&[b"bcrypt", &seed, password], || {
        let hash = bcrypt::hash_with_salt(password, COST, random.bytes());
        let hash = hash.map_err(|error| Error::Call(error.to_string()))?;
        Ok(hash.format_for_version(Version::TwoA).into_bytes())
    });
    hash.unwrap_or_else(|error| failed(&error.to_string()))
}

/// Returns a line of an htpasswd file (`htpasswd`), or an error message, as Helm does.
pub fn htpasswd(random: &mut Random, memory: &Memory, user: &[u8], password: &[u8]) -> Vec<u8> {
    if user.contains(&b':') {
        return [b"invalid username: ", user].concat();
    }
    [user, b":", &bcrypt(random, memory, password)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sprig::random::testing::seeded;

    #[test]
    fn the_hash_has_the_form_of_go_and_fits_the_password() {
        let hash = bcrypt(&mut seeded(0), &Memory::default(), b"secret");
        let hash = String::from_utf8(hash).expect("ASCII");
        assert!(hash.starts_with("$2a$10$"), "{hash}");
        assert_eq!(hash.len(), 60);
        assert!(bcrypt::verify("secret", &hash).expect("a hash"));
    }

    #[test]
    fn long_passwords_are_refused() {
        let memory = Memory::default();
        let message = b"failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
        assert_eq!(bcrypt(&mut seeded(0), &memory, &[b'a'; 73]), message);
        assert!(bcrypt(&mut seeded(0), &memory, &[b'a'; 72]).starts_with(b"$2a$"));
    }

    #[test]
    fn a_line_of_htpasswd_has_the_user_first() {
        assert!(htpasswd(&mut seeded(0), &Memory::default(), b"u", b"p").starts_with(b"u:$2a$10$"));
        assert_eq!(htpasswd(&mut seeded(0), &Memory::default(), b"u:v", b"p"), b"invalid username: u:v");
    }
}
