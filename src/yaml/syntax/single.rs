//! A scalar whose place in a document is known already.

use std::borrow::Cow;

use super::cursor::Mark;
use super::scanner::Scanner;
use super::token::TokenKind;

/// A scalar, and where it ends.
#[derive(Debug)]
pub struct Single<'t> {
    /// Its text, with its quotes taken off and its lines folded.
    pub text: Cow<'t, str>,
    /// One beyond its last byte.
    pub end: usize,
    /// For one after `|` or `>`: where the line begins that it does not reach.
    pub next_line: usize,
}

/// The scalar that begins at the byte `start` of a text, which is at `column` of its line, in a block collection at the column
/// `indent`; `None` if it is broken.
pub fn scalar_at(text: &str, start: usize, column: usize, indent: usize) -> Option<Single<'_>> {
    let mut scanner = Scanner::of_scalar(text, Mark { offset: start, line: 0, column }, indent);
    let token = match text.as_bytes().get(start)? {
        b'|' | b'>' => scanner.scan_block_scalar(),
        b'"' | b'\'' => scanner.scan_quoted(),
        _ => scanner.scan_plain(),
    };
    let token = token.ok()?;
    let Mark { offset, column, .. } = scanner.cursor.mark;
    // Before the position there is only the indentation of its line, but for a last line without an end.
    let next_line = if offset == text.len() { offset } else { offset - column.min(offset) };
    match token.kind {
        TokenKind::Scalar(text, _) => Some(Single { text, end: token.end.offset, next_line }),
        _ => None,
    }
}
