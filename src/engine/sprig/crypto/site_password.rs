//! Passwords derived from a master password: the algorithm of Master Password (now Spectre), version 3, as in sprig.

use hmac::{Hmac, KeyInit as _, Mac as _};
use scrypt::Params;
use sha2::Sha256;

use super::memory::Memory;
use crate::engine::sprig::error::Error;

/// The prefix of all digests in the algorithm.
const SCOPE: &[u8] = b"com.lyndir.masterpassword";

/// The cost of scrypt: 2^15 rounds, blocks of 8, 2 lanes.
const COST: (u8, u32, u32) = (15, 8, 2);

/// The templates of each form of password; each letter is a class of [`characters`].
const FORMS: [(&str, &[&str]); 6] = [
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

/// Returns the characters in a class.
fn characters(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// Derives the password of a user for a site (`derivePassword`). For an unknown form it returns a message, as Helm
/// does.
///
/// # Errors
/// Never, with the cost used here.
pub fn derive_password(
    memory: &Memory,
    counter: u32,
    form: &[u8],
    [password, user, site]: [&[u8]; 3],
) -> Result<Vec<u8>, Error> {
    let Some((_, templates)) = FORMS.iter().find(|(name, _)| name.as_bytes() == form) else {
        return Ok([b"cannot find password template ", form].concat());
    };
    let seed = memory.hash(&[b"site", password, user, site, &counter.to_be_bytes()], || {
        seed(counter, [password, user, site]).map(Vec::from)
    })?;
    let Some((first, seed)) = seed.split_first() else { return Ok(Vec::new()) };
    let template = templates[usize::from(*first) % templates.len()];
    let character = |(class, byte): (u8, &u8)| {
        let class = characters(class);
        class[usize::from(*byte) % class.len()]
    };
    Ok(template.bytes().zip(seed).map(character).collect())
}

/// Computes the bytes that select a form's template and its characters.
fn seed(counter: u32, [password, user, site]: [&[u8]; 3]) -> Result<[u8; 32], Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Call(format!("failed to derive password: {error}"));
    let salt = [SCOPE, &(user.len() as u32).to_be_bytes(), user].concat();
    let (log_n, r, p) = COST;
    let params = Params::new(log_n, r, p).map_err(|error| failed(&error))?;
    let mut key = [0; 64];
    scrypt::scrypt(password, &salt, &params, &mut key).map_err(|error| failed(&error))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| failed(&error))?;
    for part in [SCOPE, &(site.len() as u32).to_be_bytes(), site, &counter.to_be_bytes()] {
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_those_of_sprig() {
        let derived = |form: &str| derive_password(&Memory::default(), 1, form.as_bytes(), [b"p", b"u", b"s.com"]);
        assert_eq!(derived("long"), Ok(b"Royi7%DavgGezh".to_vec()));
        assert_eq!(derived("other"), Ok(b"cannot find password template other".to_vec()));
    }
}
