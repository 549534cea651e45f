//! Reads a regular expression character by character, as Go's parser does.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

/// Returns Go's message for a malformed expression.
pub(super) fn parse_error(what: &str, place: &str) -> String {
    format!("error parsing regexp: {what}: `{place}`")
}

/// A class that matches nothing, in the syntax of the `regex` crate.
pub(super) const NOTHING: &str = r"\P{any}";

/// A pattern, and what is left of it.
pub(super) struct Reader<'p> {
    /// The pattern, with U+FFFD for each byte that is not UTF-8.
    pub(super) pattern: &'p str,
    /// The first of these bytes.
    invalid: Option<usize>,
    /// Whether the end of a class like `[:alpha:]` may still follow: only one search for it may fail.
    pub(super) has_more_named_classes: bool,
    rest: Peekable<CharIndices<'p>>,
}

impl<'p> Reader<'p> {
    /// Reads a pattern, in which the byte at `invalid` is the first that is not UTF-8.
    pub(super) fn new(pattern: &'p str, invalid: Option<usize>) -> Reader<'p> {
        Reader { pattern, invalid, has_more_named_classes: true, rest: pattern.char_indices().peekable() }
    }

    /// Returns the position of the next character.
    pub(super) fn at(&mut self) -> usize {
        self.rest.peek().map_or(self.pattern.len(), |&(at, _)| at)
    }

    /// Returns what is left of the pattern.
    pub(super) fn following(&mut self) -> &'p str {
        let at = self.at();
        &self.pattern[at..]
    }

    /// Skips characters with so many bytes in total.
    pub(super) fn skip(&mut self, bytes: usize) {
        let end = self.at() + bytes;
        while self.rest.next_if(|&(at, _)| at < end).is_some() {}
    }

    /// Reads a character, and fails if it is a byte that is not UTF-8.
    pub(super) fn next_char(&mut self) -> Result<Option<(usize, char)>, String> {
        let at = self.at();
        if self.invalid == Some(at) {
            self.check_utf8(at..self.pattern.len())?;
        }
        Ok(self.rest.next())
    }

    /// Skips this character if it is the next. Returns whether it was.
    pub(super) fn skip_char(&mut self, c: char) -> bool {
        self.rest.next_if(|&(_, next)| next == c).is_some()
    }

    pub(super) fn peek_char(&mut self) -> Option<char> {
        self.rest.peek().map(|&(_, c)| c)
    }

    /// Fails if a part is not UTF-8. The error contains the rest of this part.
    pub(super) fn check_utf8(&self, part: Range<usize>) -> Result<(), String> {
        match self.invalid {
            Some(at) if part.contains(&at) => Err(parse_error("invalid UTF-8", &self.pattern[at..part.end])),
            _ => Ok(()),
        }
    }

    /// Reads the code point that an escape stands for, which may be a surrogate; its backslash, at `start`, has been read.
    pub(super) fn escaped_code(&mut self, start: usize) -> Result<u32, String> {
        let Some((_, c)) = self.next_char()? else {
            return Err(parse_error("trailing backslash at end of expression", ""));
        };
        let code = match c {
            'a' => Some(0x07),
            'f' => Some(0x0c),
            't' => Some(0x09),
            'n' => Some(0x0a),
            'r' => Some(0x0d),
            'v' => Some(0x0b),
            'x' => self.hexadecimal()?,
            '0'..='7' => self.octal(c),
            _ => (c.is_ascii() && !c.is_ascii_alphanumeric()).then_some(u32::from(c)),
        };
        let end = self.at();
        // Go's message shows what had been read when it gave up.
        let invalid = || parse_error("invalid escape sequence", &self.pattern[start..end]);
        code.ok_or_else(invalid)
    }

    /// Reads the two digits, or any number of them in braces, after `\x`.
    fn hexadecimal(&mut self) -> Result<Option<u32>, String> {
        let Some((_, first)) = self.next_char()? else { return Ok(None) };
        if first != '{' {
            let second = self.next_char()?.and_then(|(_, c)| c.to_digit(16));
            return Ok(first.to_digit(16).zip(second).map(|(high, low)| high * 16 + low));
        }
        let mut number = None;
        while let Some((_, c)) = self.next_char()? {
            if c == '}' {
                return Ok(number);
            }
            let Some(digit) = c.to_digit(16) else { break };
            let longer = number.unwrap_or(0) * 16 + digit;
            if longer > u32::from(char::MAX) {
                break;
            }
            number = Some(longer);
        }
        Ok(None)
    }

    /// Reads up to two more digits of an octal number.
    fn octal(&mut self, first: char) -> Option<u32> {
        let mut number = first.to_digit(8)?;
        for place in 0..2 {
            match self.rest.next_if(|(_, c)| c.is_digit(8)) {
                Some((_, digit)) => number = number * 8 + digit.to_digit(8)?,
                // A single digit other than zero would be a back reference.
                None if place == 0 && first != '0' => return None,
                None => break,
            }
        }
        Some(number)
    }
}
