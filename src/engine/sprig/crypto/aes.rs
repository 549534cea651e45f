//! AES-256 in CBC mode: a random initialization block, then the text padded to whole blocks (PKCS #7), all in base64.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};

use crate::engine::sprig::encoding;
use crate::engine::sprig::error::Error;
use crate::engine::sprig::random::Random;

const BLOCK: usize = 16;

/// Encrypts a text with a password (`encryptAES`).
pub fn encrypt_aes(random: &mut Random, password: &[u8], text: &[u8]) -> String {
    if text.is_empty() {
        return String::new();
    }
    let start = random.bytes::<BLOCK>();
    let padding = BLOCK - text.len() % BLOCK;
    let mut content = text.to_vec();
    content.extend(std::iter::repeat_n(padding as u8, padding));
    let length = content.len();
    let cipher = cbc::Encryptor::<Aes256>::new(&key(password).into(), &start.into());
    // The text is padded to whole blocks, so this cannot fail.
    let encrypted = cipher.encrypt_padded::<NoPadding>(&mut content, length).unwrap_or_default();
    encoding::base64(&[&start, encrypted].concat())
}

/// Decrypts the output of [`encrypt_aes`] (`decryptAES`).
///
/// # Errors
/// The text is not base64, or was not encrypted like this; Go's message, even where Go panics.
pub fn decrypt_aes(password: &[u8], text: &[u8]) -> Result<Vec<u8>, Error> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let encrypted = encoding::from_base64(text)?;
    let Some((start, content)) = encrypted.split_first_chunk::<BLOCK>() else {
        let capacity = text.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).count() / 4 * 3;
        let message = format!("runtime error: slice bounds out of range [:{BLOCK}] with capacity {capacity}");
        return Err(Error::Call(message));
    };
    if content.len() % BLOCK != 0 {
        return Err(Error::call("crypto/cipher: input not full blocks"));
    }
    let mut content = content.to_vec();
    let cipher = cbc::Decryptor::<Aes256>::new(&key(password).into(), start.into());
    let decrypted = cipher.decrypt_padded::<NoPadding>(&mut content).unwrap_or_default();
    let Some(padding) = decrypted.last() else {
        return Err(Error::call("runtime error: index out of range [-1]"));
    };
    let length = decrypted.len();
    let kept = length.checked_sub(usize::from(*padding)).ok_or_else(|| {
        let end = length as i64 - i64::from(*padding);
        Error::Call(format!("runtime error: slice bounds out of range [:{end}]"))
    })?;
    Ok(decrypted[..kept].to_vec())
}

/// Turns a password into a key: it is cut, or filled up with zeros.
fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let length = password.len().min(key.len());
    key[..length].copy_from_slice(&password[..length]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sprig::random::testing::seeded;

    #[test]
    fn encrypted_text_decrypts_to_the_same() {
        let long = "a password that is longer than the 32 bytes of a key";
        for (password, text) in [("", "a"), ("secret", "exactly 16 bytes"), (long, "ünïcode, longer than one block")]
        {
            let encrypted = encrypt_aes(&mut seeded(0), password.as_bytes(), text.as_bytes());
            let decrypted = decrypt_aes(password.as_bytes(), encrypted.as_bytes());
            assert_eq!(decrypted, Ok(text.as_bytes().to_vec()));
        }
        assert_eq!(encrypt_aes(&mut seeded(0), b"x", b""), "");
        assert_eq!(decrypt_aes(b"x", b""), Ok(Vec::new()));
    }

    #[test]
    fn a_text_that_go_encrypted_is_decrypted() {
        let text = b"30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=";
        let decrypted = decrypt_aes(b"secretkey", text);
        assert_eq!(decrypted, Ok(b"plaintext".to_vec()));
    }

    #[test]
    fn errors_are_those_of_go() {
        let rows: [(&str, &str); 4] = [
            ("AAA=", "runtime error: slice bounds out of range [:16] with capacity 3"),
            ("AAAAAAAAAAAAAAAAAAAAAA==", "runtime error: index out of range [-1]"),
            ("AAAAAAAAAAAAAAAAAAAAAAAA", "crypto/cipher: input not full blocks"),
            ("A*", "illegal base64 data at input byte 1"),
        ];
        for (text, message) in rows {
            assert_eq!(decrypt_aes(b"x", text.as_bytes()), Err(Error::call(message)), "{text}");
        }
    }
}
