//! Functions that encode, decode and digest text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};
use tera::Value;

use super::Function;
use super::call::{Answer, Call};
use super::sha1::sha1;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &["text"], "In base64.", |call| Ok(Value::from(STANDARD.encode(call.text("text")?)))),
    Function::new("b64dec", &["text"], "Out of base64; the decoder's complaint if it isn't any.", b64dec),
    Function::new("b32enc", &["text"], "In base32.", |call| Ok(Value::from(b32enc(call.text("text")?.as_bytes())))),
    Function::new("b32dec", &["text"], "Out of base32; the decoder's complaint if it isn't any.", |call| {
        Ok(match b32dec(call.text("text")?) {
            Ok(bytes) => Value::from(String::from_utf8_lossy(&bytes).into_owned()),
            Err(at) => Value::from(format!("illegal base32 data at input byte {at}")),
        })
    }),
    Function::new("sha1sum", &["text"], "Its SHA-1 digest in hexadecimal.", |call| {
        Ok(Value::from(hex(&sha1(call.text("text")?.as_bytes()))))
    }),
    Function::new("sha256sum", &["text"], "Its SHA-256 digest in hexadecimal.", |call| {
        Ok(Value::from(hex(&Sha256::digest(call.text("text")?))))
    }),
    Function::new("sha512sum", &["text"], "Its SHA-512 digest in hexadecimal.", |call| {
        Ok(Value::from(hex(&Sha512::digest(call.text("text")?))))
    }),
    Function::new("adler32sum", &["text"], "Its Adler-32 checksum, as a decimal number.", |call| {
        Ok(Value::from(adler32(call.text("text")?.as_bytes()).to_string()))
    }),
];

fn b64dec(call: &Call<'_>) -> Answer {
    let text = call.text("text")?;
    // Go's decoder skips line breaks.
    let bare: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    Ok(match STANDARD.decode(&bare) {
        Ok(bytes) => Value::from(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => {
            let at = match error {
                base64::DecodeError::InvalidByte(at, _) => at,
                base64::DecodeError::InvalidLastSymbol { offset, .. } => offset,
                _ => bare.len(),
            };
            Value::from(format!("illegal base64 data at input byte {at}"))
        }
    })
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn b32enc(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let bits = chunk.iter().fold(0u64, |bits, &byte| bits << 8 | u64::from(byte)) << (8 * (5 - chunk.len()));
        let letters = (chunk.len() * 8).div_ceil(5);
        for index in 0..8 {
            let five_bits = (bits >> (35 - 5 * index)) & 31;
            out.push(if index < letters { BASE32[five_bits as usize] as char } else { '=' });
        }
    }
    out
}

/// The bytes, or the place of the first character that is wrong.
fn b32dec(text: &str) -> Result<Vec<u8>, usize> {
    let bare: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let end = bare.iter().position(|&byte| byte == b'=').unwrap_or(bare.len());
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u64, 0);
    for (at, byte) in bare[..end].iter().enumerate() {
        let five_bits = BASE32.iter().position(|letter| letter == byte).ok_or(at)?;
        bits = (bits << 5 | five_bits as u64) & 0xFFF;
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    let padded = bare.len() % 8 == 0 && bare[end..].iter().all(|&byte| byte == b'=') && bare.len() - end <= 6;
    if padded { Ok(out) } else { Err(bare.len()) }
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
