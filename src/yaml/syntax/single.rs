//! Parses a single scalar whose place in a document is already known.

use std::borrow::Cow;

use super::cursor::Mark;
use super::scanner::Scanner;
use super::token::TokenKind;

/// A scalar, and where it ends.
#[derive(Debug)]
pub struct Single<'t> {
    /// Its text, without quotes and with lines folded.
    pub text: Cow<'t, str>,
    /// The offset after its last byte.
    pub end: usize,
    /// For a scalar after `|` or `>`, the offset of the first line after it.
    pub next_line: usize,
}

/// Parses the scalar that begins at the byte `start` of a text, which is at `column` of its line, in a block collection at
/// the column `indent`; `None` if it is invalid.
pub fn scalar_at(text: &str, start: usize, column: usize, indent: usize) -> Option<Single<'_>> {
    let mut scanner = Scanner::of_scalar(text, Mark { offset: start, line: 0, column }, indent);
    let token = match text.as_bytes().get(start)? {
        b'|' | b'>' => scanner.scan_block_scalar(),
        b'"' | b'\'' => scanner.scan_quoted(),
        _ => scanner.scan_plain(),
    };
    let token = token.ok()?;
    let Mark { offset, column, .. } = scanner.cursor.mark;
    // The position has only its line's indentation before it, except after a last line without a line break.
    let next_line = if offset == text.len() { offset } else { offset - column.min(offset) };
    match token.kind {
        TokenKind::Scalar(text, _) => Some(Single { text, end: token.end.offset, next_line }),
        _ => None,
    }
}
