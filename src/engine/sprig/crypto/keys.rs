//! Private keys, parsed from and written as PEM.

use dsa::Components;
use ed25519_dalek::SigningKey as Ed25519Key;
use p256::SecretKey as EcKey;
use rsa::PrivateKey as RsaKey;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _};
use rsa::pkcs8::{EncodePublicKey as _, ObjectIdentifier, PrivateKeyInfoRef};
use x509_cert::der::asn1::{OctetStringRef, UintRef};
use x509_cert::der::{Decode as _, Encode as _, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::pem;
use crate::engine::sprig::error::Error;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// What precedes an Ed25519 key in PKCS #8: a version, the algorithm, and the headers of two octet strings.
const ED25519_HEADER: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// A private key.
#[derive(Debug, Clone)]
pub enum PrivateKey {
    /// An RSA key.
    Rsa(Box<RsaKey>),
    /// A DSA key in DER form, which is only written back unchanged.
    Dsa(Vec<u8>),
    /// An ECDSA key on P-256.
    Ec(EcKey),
    /// An Ed25519 key.
    Ed25519(Box<Ed25519Key>),
}

impl PrivateKey {
    /// Parses the first PEM block of a text.
    ///
    /// # Errors
    /// There is no block, or it holds no key. The message is Go's, unless it describes the encoding.
    pub fn parse(text: &[u8]) -> Result<PrivateKey, String> {
        let block = pem::decode(text).ok_or_else(|| "no PEM data in input".to_owned())?;
        if block.label == b"PRIVATE KEY" {
            return pkcs8(&block.bytes).map_err(|message| format!("decoding PEM as PKCS#8: {message}"));
        }
        let label = String::from_utf8_lossy(&block.label);
        let Some(kind) = label.strip_suffix(" PRIVATE KEY") else {
            return Err(format!("no private key data in PEM block of type {label}"));
        };
        let key = match kind {
            "RSA" => pkcs1(&block.bytes),
            "EC" => sec1(&block.bytes),
            "DSA" => parse_dsa(&block.bytes),
            _ => return Err(format!("invalid private key type {label}")),
        };
        key.map_err(|message| format!("parsing {kind} private key from PEM: {message}"))
    }

    /// Encodes the key in the PEM form that sprig uses for its kind.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub fn to_pem(&self) -> Result<Vec<u8>, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Call(format!("error pem-encoding key: {error}"));
        match self {
            PrivateKey::Rsa(key) => {
                let der = key.to_pkcs1_der().map_err(|error| failed(&error))?;
                Ok(pem::encode("RSA PRIVATE KEY", der.as_bytes()))
            }
            PrivateKey::Dsa(der) => Ok(pem::encode("DSA PRIVATE KEY", der)),
            PrivateKey::Ec(key) => {
                let der = key.to_sec1_der().map_err(|error| failed(&error))?;
                Ok(pem::encode("EC PRIVATE KEY", &der))
            }
            PrivateKey::Ed25519(key) => Ok(pem::encode("PRIVATE KEY", &[&ED25519_HEADER[..], key.as_bytes()].concat())),
        }
    }

    /// Returns the public key in the form used in certificates.
    ///
    /// # Errors
    /// Certificates do not support DSA keys.
    pub(super) fn public_info(&self) -> Result<SubjectPublicKeyInfoOwned, String> {
        let document = match self {
            PrivateKey::Rsa(key) => key.as_public_key().to_public_key_der(),
            PrivateKey::Ec(key) => key.public_key().to_public_key_der(),
            PrivateKey::Ed25519(key) => key.verifying_key().to_public_key_der(),
            PrivateKey::Dsa(_) => return Err("x509: unsupported public key type: *dsa.PublicKey".to_owned()),
        };
        let document = document.map_err(|error| error.to_string())?;
        SubjectPublicKeyInfoOwned::from_der(document.as_bytes()).map_err(|error| error.to_string())
    }
}

/// The message for a malformed key. Go's own message describes what was found, rather than what was expected.
const MALFORMED: &str = "asn1: structure error: malformed private key";

fn pkcs1(der: &[u8]) -> Result<PrivateKey, String> {
    RsaKey::from_pkcs1_der(der).map(|key| PrivateKey::Rsa(Box::new(key))).map_err(|_| {
        if EcKey::from_sec1_der(der).is_ok() {
            "x509: failed to parse private key (use ParseECPrivateKey instead for this key format)".to_owned()
        } else if PrivateKeyInfoRef::try_from(der).is_ok() {
            "x509: failed to parse private key (use ParsePKCS8PrivateKey instead for this key format)".to_owned()
        } else {
            MALFORMED.to_owned()
        }
    })
}

fn sec1(der: &[u8]) -> Result<PrivateKey, String> {
    EcKey::from_sec1_der(der).map(PrivateKey::Ec).map_err(|_| {
        if PrivateKeyInfoRef::try_from(der).is_ok() {
            "x509: failed to parse private key (use ParsePKCS8PrivateKey instead for this key format)".to_owned()
        } else if RsaKey::from_pkcs1_der(der).is_ok() {
            "x509: failed to parse private key (use ParsePKCS1PrivateKey instead for this key format)".to_owned()
        } else {
            format!("x509: failed to parse EC private key: {MALFORMED}; P-256 is supported only")
        }
    })
}

fn pkcs8(der: &[u8]) -> Result<PrivateKey, String> {
    let Ok(info) = PrivateKeyInfoRef::try_from(der) else {
        return Err(match (EcKey::from_sec1_der(der), RsaKey::from_pkcs1_der(der)) {
            (Ok(_), _) => "x509: failed to parse private key (use ParseECPrivateKey instead for this key format)",
            (_, Ok(_)) => "x509: failed to parse private key (use ParsePKCS1PrivateKey instead for this key format)",
            _ => MALFORMED,
        }
        .to_owned());
    };
    let key = info.private_key.as_bytes();
    let embedded =
        |kind: &str, message: String| format!("x509: failed to parse {kind} private key embedded in PKCS#8: {message}");
    match info.algorithm.oid {
        RSA => pkcs1(key).map_err(|message| embedded("RSA", message)),
        ELLIPTIC_CURVE => EcKey::try_from(info)
            .map(PrivateKey::Ec)
            .map_err(|_| embedded("EC", format!("{MALFORMED}; P-256 is supported only"))),
        ED25519 => {
            let seed = <&OctetStringRef>::from_der(key)
                .map_err(|_| format!("x509: invalid Ed25519 private key: {MALFORMED}"))?;
            let seed: &[u8; 32] = seed
                .as_bytes()
                .try_into()
                .map_err(|_| format!("x509: invalid Ed25519 private key length: {}", seed.as_bytes().len()))?;
            Ok(PrivateKey::Ed25519(Box::new(Ed25519Key::from_bytes(seed))))
        }
        other => Err(format!("x509: PKCS#8 wrapping contained private key with unknown algorithm: {other}")),
    }
}

/// Encodes a DSA key: a version and five numbers: p, q, g, y, x.
pub(super) fn dsa_der(key: &dsa::SigningKey) -> Result<Vec<u8>, Error> {
    let public = key.verifying_key();
    let components: &Components = public.components();
    let numbers = [
        components.p().to_be_bytes(),
        components.q().to_be_bytes(),
        components.g().to_be_bytes(),
        public.y().to_be_bytes(),
        key.x().to_be_bytes(),
    ];
    let mut body = vec![2, 1, 0];
    let encode = |body: &mut Vec<u8>| -> x509_cert::der::Result<Vec<u8>> {
        for number in &numbers {
            body.extend(UintRef::new(number)?.to_der()?);
        }
        x509_cert::der::AnyRef::new(x509_cert::der::Tag::Sequence, body)?.to_der()
    };
    encode(&mut body).map_err(|error| Error::Call(format!("failed to generate private key: {error}")))
}

fn parse_dsa(der: &[u8]) -> Result<PrivateKey, String> {
    let read = || -> x509_cert::der::Result<()> {
        let mut reader = SliceReader::new(der)?;
        reader.sequence(|reader| {
            for _ in 0..6 {
                UintRef::decode(reader)?;
            }
            Ok::<(), x509_cert::der::Error>(())
        })
    };
    read().map(|()| PrivateKey::Dsa(der.to_vec())).map_err(|_| MALFORMED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sprig::crypto::memory::Memory;
    use crate::engine::sprig::random::testing::seeded;

    fn pem(kind: &str) -> String {
        let key =
            PrivateKey::generate(&mut seeded(0), &Memory::default(), kind.as_bytes()).expect("a key").expect("a kind");
        String::from_utf8(key.to_pem().expect("PEM")).expect("ASCII")
    }

    #[test]
    fn keys_have_the_form_of_their_kind_and_are_read_again() {
        for (kind, label, lines) in [("ecdsa", "EC PRIVATE KEY", 5), ("ed25519", "PRIVATE KEY", 3)] {
            let text = pem(kind);
            assert!(text.starts_with(&format!("-----BEGIN {label}-----\n")), "{text}");
            assert_eq!(text.lines().count(), lines, "{text}");
            let key = PrivateKey::parse(text.as_bytes()).expect("a key");
            assert_eq!(key.to_pem(), Ok(text.into_bytes()));
        }
        assert!(PrivateKey::generate(&mut seeded(0), &Memory::default(), b"x").expect("no error").is_none());
    }

    #[test]
    fn errors_are_those_of_sprig() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let rows = [
            (String::new(), "no PEM data in input"),
            (block("CERTIFICATE"), "no private key data in PEM block of type CERTIFICATE"),
            (block("X PRIVATE KEY"), "invalid private key type X PRIVATE KEY"),
            (block("RSA PRIVATE KEY"), "parsing RSA private key from PEM: asn1: "),
            (block("EC PRIVATE KEY"), "parsing EC private key from PEM: x509: failed to parse EC private key: asn1: "),
            (block("DSA PRIVATE KEY"), "parsing DSA private key from PEM: asn1: "),
            (block("PRIVATE KEY"), "decoding PEM as PKCS#8: asn1: "),
            (
                pem("ecdsa").replace("EC PRIVATE", "RSA PRIVATE"),
                "parsing RSA private key from PEM: x509: failed to parse private key (use ParseECPrivateKey instead",
            ),
        ];
        for (text, message) in rows {
            let error = PrivateKey::parse(text.as_bytes()).expect_err("an error");
            assert!(error.starts_with(message), "{error}");
        }
    }
}
