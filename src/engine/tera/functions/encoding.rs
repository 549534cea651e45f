//! Functions that encode, decode and hash text.

use tera::Value;

use super::call::Function;
use super::go_value::value_of_bytes;
use crate::engine::sprig::{Error, encoding};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &["text"], "In base64.", |call| Ok(Value::from(encoding::base64(call.bytes("text")?)))),
    Function::new("b64dec", &["text"], "The decoded base64; the decoder's error message if it is invalid.", |call| {
        Ok(decoded(encoding::from_base64(call.text("text")?.as_bytes())))
    }),
    Function::new("b32enc", &["text"], "In base32.", |call| Ok(Value::from(encoding::base32(call.bytes("text")?)))),
    Function::new("b32dec", &["text"], "The decoded base32; the decoder's error message if it is invalid.", |call| {
        Ok(decoded(encoding::from_base32(call.text("text")?.as_bytes())))
    }),
    Function::new("sha1sum", &["text"], "Its SHA-1 digest in hexadecimal.", |call| {
        Ok(Value::from(encoding::sha1(call.bytes("text")?)))
    }),
    Function::new("sha256sum", &["text"], "Its SHA-256 digest in hexadecimal.", |call| {
        Ok(Value::from(encoding::sha256(call.bytes("text")?)))
    }),
    Function::new("sha512sum", &["text"], "Its SHA-512 digest in hexadecimal.", |call| {
        Ok(Value::from(encoding::sha512(call.bytes("text")?)))
    }),
    Function::new("adler32sum", &["text"], "Its Adler-32 checksum, as a decimal number.", |call| {
        Ok(Value::from(encoding::adler32(call.bytes("text")?)))
    }),
];

/// Returns the decoded value, or the decoder's message. Bytes that are not text stay bytes: `b64dec | b64enc` restores
/// them.
fn decoded(bytes: Result<Vec<u8>, Error>) -> Value {
    bytes.map_or_else(|error| Value::from(error.to_string()), value_of_bytes)
}
