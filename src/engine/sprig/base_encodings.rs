//! Base64 and base32 as Go decodes them: errors give the position in the text, which Go's messages show.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Decodes base64; the error is the position of the first wrong byte. Line breaks are skipped, and bits after the last
/// byte are not checked.
pub(super) fn decode_base64(bytes: &[u8]) -> Result<Vec<u8>, usize> {
    let is_break = |at: usize| matches!(bytes.get(at), Some(b'\n' | b'\r'));
    let after_breaks = |mut at: usize| {
        while is_break(at) {
            at += 1;
        }
        at
    };
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let mut at = 0;
    loop {
        let (mut bits, mut letters) = (0u32, 0);
        while letters < 4 {
            at = after_breaks(at);
            let Some(&byte) = bytes.get(at) else {
                return if letters == 0 { Ok(out) } else { Err(at - letters) };
            };
            if byte == b'=' {
                break;
            }
            bits = bits << 6 | value_of(byte, BASE64).ok_or(at)?;
            letters += 1;
            at += 1;
        }
        match letters {
            4 => out.extend_from_slice(&bits.to_be_bytes()[1..]),
            3 => out.extend_from_slice(&(bits >> 2).to_be_bytes()[2..]),
            2 => {
                // Two padding characters must follow.
                at = after_breaks(at + 1);
                match bytes.get(at) {
                    Some(b'=') => out.push((bits >> 4) as u8),
                    Some(_) => return Err(at - 1),
                    None => return Err(at),
                }
            }
            _ => return Err(at),
        }
        if letters < 4 {
            let end = after_breaks(at + 1);
            return if end == bytes.len() { Ok(out) } else { Err(end) };
        }
    }
}

/// Encodes bytes as base32.
pub(super) fn encode_base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
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

/// Decodes base32; the error is the position of the first wrong byte, not counting line breaks. What follows the
/// padding is not checked.
pub(super) fn decode_base32(text: &[u8]) -> Result<Vec<u8>, usize> {
    let bytes: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let mut out = Vec::with_capacity(bytes.len() / 8 * 5);
    let mut start = 0;
    while start < bytes.len() {
        let rest = &bytes[start..];
        let (mut bits, mut letters) = (0u64, 0);
        let mut is_padded = false;
        while letters < 8 && !is_padded {
            let byte = *rest.get(letters).ok_or(start)?;
            // Padding in any other position is a wrong letter.
            is_padded = byte == b'=' && letters >= 2 && rest.len() - letters <= 8;
            if !is_padded {
                bits = bits << 5 | u64::from(value_of(byte, BASE32).ok_or(start + letters)?);
                letters += 1;
            }
        }
        if is_padded {
            check_padding(rest, letters).map_err(|at| start + at)?;
        }
        let whole_bytes = letters * 5 / 8;
        out.extend_from_slice(&(bits >> (letters * 5 % 8)).to_be_bytes()[8 - whole_bytes..]);
        if is_padded {
            break;
        }
        start += 8;
    }
    Ok(out)
}

/// Checks that padding fills up the last letters to eight, and that whole bytes can result in that many letters.
fn check_padding(rest: &[u8], letters: usize) -> Result<(), usize> {
    if rest.len() < 8 {
        return Err(rest.len());
    }
    if let Some(at) = rest[letters + 1..8].iter().position(|&byte| byte != b'=') {
        return Err(letters + at);
    }
    if matches!(letters, 3 | 6) { Err(letters) } else { Ok(()) }
}

fn value_of(byte: u8, alphabet: &[u8]) -> Option<u32> {
    alphabet.iter().position(|&letter| letter == byte).map(|value| value as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn encoded_bytes_decode_to_the_same(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            use base64::Engine as _;
            let base64 = base64::engine::general_purpose::STANDARD.encode(&bytes);
            prop_assert_eq!(decode_base64(base64.as_bytes()), Ok(bytes.clone()));
            prop_assert_eq!(decode_base32(encode_base32(&bytes).as_bytes()), Ok(bytes));
        }

        #[test]
        fn errors_are_at_a_byte_of_the_text(text in "[AZaz27+/=\n!é]{0,20}") {
            prop_assert!(decode_base64(text.as_bytes()).map_or_else(|at| at, |bytes| bytes.len()) <= text.len());
            prop_assert!(decode_base32(text.as_bytes()).map_or_else(|at| at, |bytes| bytes.len()) <= text.len());
        }
    }
}
