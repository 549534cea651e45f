//! Reads a flag up to the next special character.

use std::ops::Range;

/// A part of a flag: its text without escapes, and its place.
pub(super) struct Segment {
    pub(super) text: String,
    pub(super) range: Range<usize>,
    /// The character that ended it; `None` at the end of the flag.
    pub(super) end: Option<char>,
}

/// A position in a flag.
pub(super) struct Scanner<'a> {
    text: &'a str,
    pub(super) at: usize,
    /// Whether a backslash escapes the character after it (not in `--set-literal`).
    escapes: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, escapes: bool) -> Self {
        Scanner { text, at: 0, escapes }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn next_if(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Reads up to and including one of `stops`. A backslash at the end of the flag is dropped.
    pub(super) fn until(&mut self, stops: &[char]) -> Segment {
        let start = self.at;
        let mut text = String::new();
        loop {
            let end = self.at;
            match self.next() {
                None => return Segment { text, range: start..end, end: None },
                Some('\\') if self.escapes => text.extend(self.next()),
                Some(c) if stops.contains(&c) => return Segment { text, range: start..end, end: Some(c) },
                Some(c) => text.push(c),
            }
        }
    }
}
