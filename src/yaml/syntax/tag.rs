//! Scans tags and directives.

use super::cursor::Mark;
use super::scanner::Scanner;
use super::token::{Tag, Token, TokenKind};
use super::{Fault, Scan};

impl<'t> Scanner<'t> {
    /// Scans a `%YAML` or `%TAG` line.
    pub(super) fn scan_directive(&mut self) -> Scan<Token<'t>> {
        const CONTEXT: &str = "while scanning a directive";
        let start = self.cursor.mark;
        self.cursor.skip();
        let name = self.cursor.word();
        if name.is_empty() {
            return Err(self.fault(CONTEXT, start, "could not find expected directive name"));
        }
        if !self.cursor.ends_word(0) {
            return Err(self.fault(CONTEXT, start, "found unexpected non-alphabetical character"));
        }
        let kind = match name {
            "YAML" => self.scan_version(start)?,
            "TAG" => self.scan_tag_directive(start)?,
            _ => return Err(self.fault(CONTEXT, start, "found unknown directive name")),
        };
        let end = self.cursor.mark;
        self.cursor.skip_blanks();
        self.cursor.skip_comment();
        if !self.cursor.ends_line(0) {
            return Err(self.fault(CONTEXT, start, "did not find expected comment or line break"));
        }
        self.cursor.skip_line();
        Ok(Token { kind, start, end })
    }

    fn scan_version(&mut self, start: Mark) -> Scan<TokenKind<'t>> {
        self.cursor.skip_blanks();
        let major = self.scan_version_number(start)?;
        if self.cursor.byte(0) != b'.' {
            let problem = "did not find expected digit or '.' character";
            return Err(self.fault("while scanning a %YAML directive", start, problem));
        }
        self.cursor.skip();
        let minor = self.scan_version_number(start)?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn scan_version_number(&mut self, start: Mark) -> Scan<u8> {
        const CONTEXT: &str = "while scanning a %YAML directive";
        let (mut number, mut digits) = (0, 0);
        while self.cursor.byte(0).is_ascii_digit() {
            digits += 1;
            if digits > 2 {
                return Err(self.fault(CONTEXT, start, "found extremely long version number"));
            }
            number = number * 10 + (self.cursor.byte(0) - b'0');
            self.cursor.skip();
        }
        if digits == 0 {
            return Err(self.fault(CONTEXT, start, "did not find expected version number"));
        }
        Ok(number)
    }

    fn scan_tag_directive(&mut self, start: Mark) -> Scan<TokenKind<'t>> {
        const CONTEXT: &str = "while scanning a %TAG directive";
        self.cursor.skip_blanks();
        let handle = self.scan_tag_handle(true, start)?;
        if !self.cursor.at_blank() {
            return Err(self.fault(CONTEXT, start, "did not find expected whitespace"));
        }
        self.cursor.skip_blanks();
        let prefix = self.scan_tag_uri(true, "", start)?;
        if !self.cursor.ends_word(0) {
            return Err(self.fault(CONTEXT, start, "did not find expected whitespace or line break"));
        }
        Ok(TokenKind::TagDirective(Box::new(Tag { handle: handle.to_owned(), suffix: prefix })))
    }

    /// Scans a tag: `!<uri>`, `!suffix`, `!!suffix` or `!handle!suffix`.
    pub(super) fn scan_tag(&mut self) -> Scan<Token<'t>> {
        const CONTEXT: &str = "while scanning a tag";
        let start = self.cursor.mark;
        let tag = if self.cursor.byte(1) == b'<' {
            self.cursor.skip();
            self.cursor.skip();
            let suffix = self.scan_tag_uri(false, "", start)?;
            if self.cursor.byte(0) != b'>' {
                return Err(self.fault(CONTEXT, start, "did not find the expected '>'"));
            }
            self.cursor.skip();
            Tag { handle: String::new(), suffix }
        } else {
            let handle = self.scan_tag_handle(false, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.scan_tag_uri(false, "", start)?;
                Tag { handle: handle.to_owned(), suffix }
            } else {
                let suffix = self.scan_tag_uri(false, handle, start)?;
                // A lone `!` is a complete tag.
                if suffix.is_empty() {
                    Tag { handle: String::new(), suffix: "!".to_owned() }
                } else {
                    Tag { handle: "!".to_owned(), suffix }
                }
            }
        };
        if !self.cursor.ends_word(0) {
            return Err(self.fault(CONTEXT, start, "did not find expected whitespace or line break"));
        }
        Ok(Token { kind: TokenKind::Tag(Box::new(tag)), start, end: self.cursor.mark })
    }

    fn scan_tag_handle(&mut self, directive: bool, start: Mark) -> Scan<&'t str> {
        let begin = self.cursor.mark;
        if self.cursor.byte(0) != b'!' {
            return Err(self.tag_fault(directive, start, "did not find expected '!'"));
        }
        self.cursor.skip();
        let word = self.cursor.word();
        if self.cursor.byte(0) == b'!' {
            self.cursor.skip();
        } else if directive && !word.is_empty() {
            return Err(self.tag_fault(directive, start, "did not find expected '!'"));
        }
        Ok(self.cursor.since(begin))
    }

    /// Scans the rest of a tag. `head` is text that was scanned as a handle, with its `!`, but belongs to the suffix.
    fn scan_tag_uri(&mut self, directive: bool, head: &str, start: Mark) -> Scan<String> {
        let mut uri = head.get(1..).unwrap_or_default().as_bytes().to_vec();
        let mut found = !head.is_empty();
        loop {
            match self.cursor.byte(0) {
                b'%' => self.scan_uri_escape(directive, start, &mut uri)?,
                byte @ (b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z') => self.take_uri_byte(byte, &mut uri),
                byte if b"_-;/?:@&=+$,.!~*'()[]".contains(&byte) => self.take_uri_byte(byte, &mut uri),
                _ => break,
            }
            found = true;
        }
        if !found {
            return Err(self.tag_fault(directive, start, "did not find expected tag URI"));
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    fn take_uri_byte(&mut self, byte: u8, uri: &mut Vec<u8>) {
        uri.push(byte);
        self.cursor.skip();
    }

    /// Scans one percent-encoded character of a tag, such as `%C3%A4`.
    fn scan_uri_escape(&mut self, directive: bool, start: Mark, uri: &mut Vec<u8>) -> Scan<()> {
        let mut left = None;
        while left != Some(0) {
            let octet = match (self.cursor.byte(0), hex(self.cursor.byte(1)), hex(self.cursor.byte(2))) {
                (b'%', Some(high), Some(low)) => (high << 4 | low) as u8,
                _ => return Err(self.tag_fault(directive, start, "did not find URI escaped octet")),
            };
            left = match (left, octet) {
                (None, 0x00..=0x7F) => Some(0),
                (None, 0xC0..=0xDF) => Some(1),
                (None, 0xE0..=0xEF) => Some(2),
                (None, 0xF0..=0xF7) => Some(3),
                (None, _) => {
                    return Err(self.tag_fault(directive, start, "found an incorrect leading UTF-8 octet"));
                }
                (Some(left), 0x80..=0xBF) => Some(left - 1),
                (Some(_), _) => {
                    return Err(self.tag_fault(directive, start, "found an incorrect trailing UTF-8 octet"));
                }
            };
            uri.push(octet);
            for _ in 0..3 {
                self.cursor.skip();
            }
        }
        Ok(())
    }

    fn tag_fault(&self, directive: bool, start: Mark, problem: &'static str) -> Box<Fault> {
        let context = if directive { "while parsing a %TAG directive" } else { "while parsing a tag" };
        self.fault(context, start, problem)
    }

    /// Returns an error at the position, in a construct that began at `start`.
    pub(super) fn fault(&self, context: &'static str, start: Mark, problem: &'static str) -> Box<Fault> {
        Fault::within(context, start, self.cursor.mark, problem)
    }
}

/// Returns the value of a hexadecimal digit.
pub(super) fn hex(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}
