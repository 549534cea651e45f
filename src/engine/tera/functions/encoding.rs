//! Functions that encode, decode and digest text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};
use tera::Value;

use super::Function;
use super::base_text::{decode_base32, decode_base64, encode_base32};
use super::sha1::sha1;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &["text"], "In base64.", |call| Ok(Value::from(STANDARD.encode(call.bytes("text")?)))),
    Function::new("b64dec", &["text"], "Out of base64; the decoder's complaint if it isn't any.", |call| {
        Ok(decoded(decode_base64(call.text("text")?), "base64"))
    }),
    Function::new("b32enc", &["text"], "In base32.", |call| Ok(Value::from(encode_base32(call.bytes("text")?)))),
    Function::new("b32dec", &["text"], "Out of base32; the decoder's complaint if it isn't any.", |call| {
        Ok(decoded(decode_base32(call.text("text")?), "base32"))
    }),
    Function::new("sha1sum", &["text"], "Its SHA-1 digest in hexadecimal.", |call| {
        Ok(Value::from(hex(&sha1(call.bytes("text")?))))
    }),
    Function::new("sha256sum", &["text"], "Its SHA-256 digest in hexadecimal.", |call| {
        Ok(Value::from(hex(&Sha256::digest(call.bytes("text")?))))
    }),
    Function::new("sha512sum", &["text"], "Its SHA-512 digest in hexadecimal.", |call| {
        Ok(Value::from(hex(&Sha512::digest(call.bytes("text")?))))
    }),
    Function::new("adler32sum", &["text"], "Its Adler-32 checksum, as a decimal number.", |call| {
        Ok(Value::from(adler32(call.bytes("text")?).to_string()))
    }),
];

/// What was decoded, or where the decoder gave up. Bytes that are no text stay bytes: `b64dec | b64enc` gives them back.
fn decoded(bytes: Result<Vec<u8>, usize>, encoding: &str) -> Value {
    match bytes.map(String::from_utf8) {
        Ok(Ok(text)) => Value::from(text),
        Ok(Err(error)) => Value::bytes(error.into_bytes()),
        Err(at) => Value::from(format!("illegal {encoding} data at input byte {at}")),
    }
}

fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % MODULUS;
        (a, (b + a) % MODULUS)
    });
    b << 16 | a
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
