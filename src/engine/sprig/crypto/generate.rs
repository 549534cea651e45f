//! Generates private keys.

use dsa::{Components, KeySize};
use ed25519_dalek::SigningKey as Ed25519Key;
use p256::SecretKey as EcKey;
use p256::elliptic_curve::Generate as _;
use rsa::PrivateKey as RsaKey;

use super::keys::{PrivateKey, dsa_der};
use super::memory::Memory;
use crate::engine::sprig::error::Error;
use crate::engine::sprig::random::Random;

/// The size of a key from `genPrivateKey "rsa"`, in bits.
const LONG_RSA: usize = 4096;

/// The size of a certificate's key, in bits.
const CERTIFICATE_RSA: usize = 2048;

impl PrivateKey {
    /// Generates a key of a kind (`genPrivateKey`): `rsa` (also if empty), `dsa`, `ecdsa` or `ed25519`; `None` for any
    /// other kind.
    ///
    /// # Errors
    /// The key cannot be generated.
    pub fn generate(random: &mut Random, memory: &Memory, kind: &[u8]) -> Result<Option<PrivateKey>, Error> {
        if !matches!(kind, b"" | b"rsa" | b"dsa" | b"ecdsa" | b"ed25519") {
            return Ok(None);
        }
        memory.key(random.seed(), kind, || PrivateKey::make(random, kind)).map(Some)
    }

    fn make(random: &mut Random, kind: &[u8]) -> Result<PrivateKey, Error> {
        Ok(match kind {
            b"dsa" => {
                let Ok(components) =
                    Components::try_generate_from_rng_with_key_size(random.generator(), KeySize::DSA_2048_256);
                let Ok(key) = dsa::SigningKey::try_generate_from_rng_with_components(random.generator(), components);
                PrivateKey::Dsa(dsa_der(&key)?)
            }
            b"ecdsa" => PrivateKey::Ec(EcKey::generate_from_rng(random.generator())),
            b"ed25519" => PrivateKey::Ed25519(Box::new(Ed25519Key::from_bytes(&random.bytes()))),
            _ => PrivateKey::rsa(random, LONG_RSA)?,
        })
    }

    /// Generates a key for a certificate.
    ///
    /// # Errors
    /// The key cannot be generated.
    pub fn for_certificate(random: &mut Random, memory: &Memory) -> Result<PrivateKey, Error> {
        let mut part = random.part("part");
        memory.key(part.seed(), b"certificate", || PrivateKey::rsa(&mut part, CERTIFICATE_RSA))
    }

    fn rsa(random: &mut Random, bits: usize) -> Result<PrivateKey, Error> {
        let key = RsaKey::new(random.generator(), bits);
        key.map(|key| PrivateKey::Rsa(Box::new(key)))
            .map_err(|error| Error::Call(format!("error generating rsa key: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sprig::random::testing::seeded;

    #[test]
    fn a_key_for_a_certificate_is_reproducible_and_is_read_again() {
        let key =
            PrivateKey::for_certificate(&mut seeded(1), &Memory::default()).expect("a key").to_pem().expect("PEM");
        assert!(key.starts_with(b"-----BEGIN RSA PRIVATE KEY-----\n"));
        assert_eq!(
            PrivateKey::for_certificate(&mut seeded(1), &Memory::default()).expect("a key").to_pem(),
            Ok(key.clone())
        );
        assert_eq!(PrivateKey::parse(&key).expect("a key").to_pem(), Ok(key));
    }
}
