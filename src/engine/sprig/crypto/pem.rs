//! The PEM encoding of keys and certificates, compatible with Go's.

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;

use crate::engine::sprig::encoding;

/// The bytes of a block, and its label, such as `RSA PRIVATE KEY`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) label: Vec<u8>,
    pub(super) bytes: Vec<u8>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";

/// The number of base64 characters in a line.
const LINE: usize = 64;

/// Bits after the last byte may have any value, as in Go.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Encodes bytes as a block.
pub(super) fn encode(label: &str, bytes: &[u8]) -> Vec<u8> {
    let mut text = format!("-----BEGIN {label}-----\n").into_bytes();
    for line in encoding::base64(bytes).as_bytes().chunks(LINE) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    text
}

/// Decodes the first block of a text, and skips anything else.
pub(super) fn decode(mut text: &[u8]) -> Option<Block> {
    // Each end belongs to the last beginning before it.
    loop {
        let end = memmem::find(text, END)?;
        let (before, trailer) = (&text[..end], &text[end + END.len()..]);
        if let Some(begin) = memmem::rfind(before, BEGIN).filter(|begin| *begin == 0 || before[begin - 1] == b'\n')
            && let Some(block) = block(&text[begin + BEGIN.len()..], end - begin - BEGIN.len(), trailer)
        {
            return Some(block);
        }
        text = trailer;
    }
}

/// Decodes a block from its label on. `end` is where its last line ends, and `trailer` is what follows `END`.
fn block(text: &[u8], end: usize, trailer: &[u8]) -> Option<Block> {
    let (first, mut rest) = line(text);
    let label = first.strip_suffix(DASHES)?;
    let mut has_headers = false;
    loop {
        let (header, after) = line(rest);
        if rest.is_empty() || !header.contains(&b':') {
            break;
        }
        has_headers = true;
        rest = after;
    }
    let start = text.len() - rest.len();
    if has_headers && start > end {
        return None;
    }
    let closing = trailer.strip_prefix(label)?.strip_prefix(DASHES)?;
    if !line(closing).0.is_empty() {
        return None;
    }
    let body = text.get(start..end).unwrap_or(&[]);
    let digits: Vec<u8> = body.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).collect();
    let bytes = BASE64.decode(digits).ok()?;
    Some(Block { label: label.to_vec(), bytes })
}

/// Splits off the first line, without the white space at its end.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match memchr::memchr(b'\n', text) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, &[][..]),
    };
    (line.trim_ascii_end(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_written_and_read() {
        let bytes: Vec<u8> = (0..100).collect();
        let text = encode("X KEY", &bytes);
        assert!(text.starts_with(b"-----BEGIN X KEY-----\nAAEC"));
        assert_eq!(decode(&text), Some(Block { label: b"X KEY".to_vec(), bytes }));
    }

    #[test]
    fn text_around_a_block_is_skipped() {
        let text = b"x\n-----BEGIN A-----\nbroken\n-----BEGIN B-----\nKey: value\n\nAA ==\t\n-----END B-----  \nrest";
        assert_eq!(decode(text), Some(Block { label: b"B".to_vec(), bytes: vec![0] }));
        let empty = b"-----BEGIN A-----\n-----END A-----\n";
        assert_eq!(decode(empty), Some(Block { label: b"A".to_vec(), bytes: Vec::new() }));
    }

    #[test]
    fn other_text_is_not_a_block() {
        for text in [
            "",
            "text",
            "-----BEGIN A-----\nAA==\n-----END B-----\n",
            "-----BEGIN A-----\nA\n-----END A-----\n",
            "x-----BEGIN A-----\nAA==\n-----END A-----\n",
            "-----BEGIN A-----\nAA==\n-----END A-----x\n",
            "-----BEGIN A-----\nAA==\n-----END A",
        ] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
