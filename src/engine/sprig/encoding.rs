//! Functions that encode, decode and hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::base_encodings::{self, decode_base32, decode_base64};
use super::error::Error;

/// Encodes bytes as base64 (`b64enc`).
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes base64 (`b64dec`). Helm's function returns the error message as its result.
///
/// # Errors
/// Go's message.
pub fn from_base64(text: &[u8]) -> Result<Vec<u8>, Error> {
    decode_base64(text).map_err(|at| illegal("base64", at))
}

/// Encodes bytes as base32 (`b32enc`).
pub fn base32(bytes: &[u8]) -> String {
    base_encodings::encode_base32(bytes)
}

/// Decodes base32 (`b32dec`). Helm's function returns the error message as its result.
///
/// # Errors
/// Go's message.
pub fn from_base32(text: &[u8]) -> Result<Vec<u8>, Error> {
    decode_base32(text).map_err(|at| illegal("base32", at))
}

fn illegal(encoding: &str, at: usize) -> Error {
    Error::Call(format!("illegal {encoding} data at input byte {at}"))
}

/// Returns the SHA-1 digest in hexadecimal (`sha1sum`).
pub fn sha1(bytes: &[u8]) -> String {
    hex(&Sha1::digest(bytes))
}

/// Returns the SHA-256 digest in hexadecimal (`sha256sum`).
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Returns the SHA-512 digest in hexadecimal (`sha512sum`).
pub fn sha512(bytes: &[u8]) -> String {
    hex(&Sha512::digest(bytes))
}

/// Returns the Adler-32 checksum as a decimal number (`adler32sum`).
pub fn adler32(bytes: &[u8]) -> String {
    const MODULUS: u32 = 65_521;
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % MODULUS;
        (a, (b + a) % MODULUS)
    });
    (b << 16 | a).to_string()
}

/// Formats bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_the_known_ones() {
        assert_eq!(sha1(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha256(b"abc")[..16], *"ba7816bf8f01cfea");
        assert_eq!(sha512(b"abc")[..16], *"ddaf35a193617aba");
        assert_eq!(adler32(b"Wikipedia"), "300286872");
    }

    #[test]
    fn decoding_errors_are_those_of_go() {
        assert_eq!(from_base64(b"!").unwrap_err().to_string(), "illegal base64 data at input byte 0");
        assert_eq!(from_base32(b"!").unwrap_err().to_string(), "illegal base32 data at input byte 0");
        assert_eq!(from_base64(base64(b"\xff\x00").as_bytes()).unwrap(), b"\xff\x00");
    }
}
