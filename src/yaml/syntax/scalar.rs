//! Scans scalars: plain, quoted and block.

use std::borrow::Cow;

use super::Scan;
use super::cursor::{Cursor, Mark};
use super::scanner::Scanner;
use super::tag::hex;
use super::token::{Style, Token, TokenKind};

/// White space between two pieces of a plain or quoted scalar, which is folded: a single line break becomes a space; of
/// several the first is dropped.
#[derive(Default)]
struct Gap<'t> {
    blanks: &'t str,
    first_break: String,
    more_breaks: String,
    broken: bool,
}

impl<'t> Gap<'t> {
    /// Consumes the white space at the position. `Err` means that the indentation, left of column `indent`, contains a tab.
    fn take(&mut self, cursor: &mut Cursor<'t>, indent: usize) -> Result<(), ()> {
        let start = cursor.mark;
        loop {
            if cursor.at_blank() {
                if self.broken && cursor.byte(0) == b'\t' && cursor.mark.column < indent {
                    return Err(());
                }
                cursor.skip();
                if !self.broken {
                    self.blanks = cursor.since(start);
                }
            } else if !cursor.at_break() {
                return Ok(());
            } else if self.broken {
                cursor.read_line(&mut self.more_breaks);
            } else {
                self.blanks = "";
                cursor.read_line(&mut self.first_break);
                self.broken = true;
            }
        }
    }

    /// Appends the folded white space to `out`.
    fn fold(&self, out: &mut String) {
        out.push_str(self.blanks);
        if !self.first_break.starts_with('\n') {
            out.push_str(&self.first_break);
            out.push_str(&self.more_breaks);
        } else if self.more_breaks.is_empty() {
            out.push(' ');
        } else {
            out.push_str(&self.more_breaks);
        }
    }
}

impl<'t> Scanner<'t> {
    /// Scans a plain scalar.
    pub(super) fn scan_plain(&mut self) -> Scan<Token<'t>> {
        let start = self.cursor.mark;
        let mut end = start;
        let indent = self.indent().map_or(0, |indent| indent + 1);
        let flow = self.in_flow();
        // Text on one line is borrowed; folding requires a copy.
        let mut folded: Option<String> = None;
        let mut gap = Gap::default();
        loop {
            if self.cursor.at_document_indicator() || self.cursor.byte(0) == b'#' {
                break;
            }
            let piece = self.cursor.mark;
            loop {
                self.cursor.skip_run(continues_plain);
                if self.ends_plain(flow) {
                    break;
                }
                self.cursor.skip();
            }
            if self.cursor.mark.offset > piece.offset {
                if gap.broken && folded.is_none() {
                    folded = Some(self.cursor.text[start.offset..end.offset].to_owned());
                }
                if let Some(text) = &mut folded {
                    gap.fold(text);
                    text.push_str(self.cursor.since(piece));
                }
                gap = Gap::default();
                end = self.cursor.mark;
            }
            if !self.cursor.at_blank() && !self.cursor.at_break() {
                break;
            }
            if gap.take(&mut self.cursor, indent).is_err() {
                let problem = "found a tab character that violates indentation";
                return Err(self.fault("while scanning a plain scalar", start, problem));
            }
            if !flow && self.cursor.mark.column < indent {
                break;
            }
        }
        if gap.broken {
            self.allow_key();
        }
        let value = match folded {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(&self.cursor.text[start.offset..end.offset]),
        };
        Ok(Token { kind: TokenKind::Scalar(value, Style::Plain), start, end })
    }

    fn ends_plain(&self, flow: bool) -> bool {
        match self.cursor.byte(0) {
            b':' => self.cursor.ends_word(1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => flow,
            _ => self.cursor.ends_word(0),
        }
    }

    /// Scans a scalar in single or double quotes.
    pub(super) fn scan_quoted(&mut self) -> Scan<Token<'t>> {
        const CONTEXT: &str = "while scanning a quoted scalar";
        let start = self.cursor.mark;
        let quote = self.cursor.byte(0);
        self.cursor.skip();
        let mut text: Cow<'t, str> = Cow::Borrowed("");
        loop {
            if self.cursor.at_document_indicator() {
                return Err(self.fault(CONTEXT, start, "found unexpected document indicator"));
            }
            if self.cursor.at_end() {
                return Err(self.fault(CONTEXT, start, "found unexpected end of stream"));
            }
            let escaped_break = self.scan_quoted_piece(quote, start, &mut text)?;
            if self.cursor.byte(0) == quote {
                break;
            }
            // After `\`, the line break and the next line's indentation are dropped.
            let mut gap = Gap { broken: escaped_break, ..Gap::default() };
            // Indentation has no meaning in quotes, so no tab is an error.
            let _ = gap.take(&mut self.cursor, 0);
            match &mut text {
                Cow::Borrowed(text) if !gap.broken => {
                    *text = &self.cursor.text[start.offset + 1..self.cursor.mark.offset]
                }
                text => gap.fold(text.to_mut()),
            }
        }
        self.cursor.skip();
        Ok(Token { kind: TokenKind::Scalar(text, Style::Quoted), start, end: self.cursor.mark })
    }

    /// Reads up to white space or the closing quote. Returns whether it stopped after an escaped line break.
    fn scan_quoted_piece(&mut self, quote: u8, start: Mark, text: &mut Cow<'t, str>) -> Scan<bool> {
        while !self.cursor.ends_word(0) {
            let byte = self.cursor.byte(0);
            if byte == b'\'' && quote == b'\'' && self.cursor.byte(1) == b'\'' {
                text.to_mut().push('\'');
                self.cursor.skip();
                self.cursor.skip();
            } else if byte == quote {
                break;
            } else if byte == b'\\' && quote == b'"' {
                if self.cursor.break_length(1) > 0 {
                    self.cursor.skip();
                    self.cursor.skip_line();
                    return Ok(true);
                }
                let character = self.scan_escape(start)?;
                text.to_mut().push(character);
            } else {
                match text {
                    Cow::Borrowed(borrowed) => {
                        self.cursor.skip();
                        self.cursor.skip_run(continues_quoted);
                        *borrowed = &self.cursor.text[start.offset + 1..self.cursor.mark.offset];
                    }
                    Cow::Owned(owned) => self.cursor.read(owned),
                }
            }
        }
        Ok(false)
    }

    /// Scans an escape in a double-quoted scalar.
    fn scan_escape(&mut self, start: Mark) -> Scan<char> {
        const CONTEXT: &str = "while parsing a quoted scalar";
        let digits = match self.cursor.byte(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            byte => {
                let Some(character) = simple_escape(byte) else {
                    return Err(self.fault(CONTEXT, start, "found unknown escape character"));
                };
                self.cursor.skip();
                self.cursor.skip();
                return Ok(character);
            }
        };
        self.cursor.skip();
        self.cursor.skip();
        let mut code = 0u32;
        for ahead in 0..digits {
            let Some(digit) = hex(self.cursor.byte(ahead)) else {
                return Err(self.fault(CONTEXT, start, "did not find expected hexdecimal number"));
            };
            code = code << 4 | digit;
        }
        let Some(character) = char::from_u32(code) else {
            return Err(self.fault(CONTEXT, start, "found invalid Unicode character escape code"));
        };
        for _ in 0..digits {
            self.cursor.skip();
        }
        Ok(character)
    }

    /// Scans a scalar after `|` or `>`.
    pub(super) fn scan_block_scalar(&mut self) -> Scan<Token<'t>> {
        const CONTEXT: &str = "while scanning a block scalar";
        let start = self.cursor.mark;
        let literal = self.cursor.byte(0) == b'|';
        self.cursor.skip();
        let (chomping, increment) = self.scan_block_header(start)?;
        self.cursor.skip_blanks();
        self.cursor.skip_comment();
        if !self.cursor.ends_line(0) {
            return Err(self.fault(CONTEXT, start, "did not find expected comment or line break"));
        }
        let mut end = self.cursor.mark;
        self.cursor.skip_line();

        let mut indent = increment.map(|increment| self.indent().unwrap_or(0) + increment);
        let mut text = String::new();
        let (mut first_break, mut more_breaks) = (String::new(), String::new());
        let mut after_blank = false;
        let mut breaks_end = self.scan_block_indentation(&mut indent, &mut more_breaks, start)?;
        while Some(self.cursor.mark.column) == indent && !self.cursor.at_end() {
            let blank = self.cursor.at_blank();
            if !literal && !after_blank && !blank && first_break.starts_with('\n') {
                if more_breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&first_break);
            }
            first_break.clear();
            text.push_str(&more_breaks);
            more_breaks.clear();
            after_blank = blank;
            let line = self.cursor.mark;
            self.cursor.skip_to_line_end();
            text.push_str(self.cursor.since(line));
            end = self.cursor.mark;
            self.cursor.read_line(&mut first_break);
            breaks_end = self.scan_block_indentation(&mut indent, &mut more_breaks, start)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(&first_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&more_breaks);
            end = breaks_end;
        }
        Ok(Token { kind: TokenKind::Scalar(Cow::Owned(text), Style::Block), start, end })
    }

    fn scan_block_header(&mut self, start: Mark) -> Scan<(Chomping, Option<usize>)> {
        let (mut chomping, mut increment) = (None, None);
        for _ in 0..2 {
            match self.cursor.byte(0) {
                b'+' if chomping.is_none() => chomping = Some(Chomping::Keep),
                b'-' if chomping.is_none() => chomping = Some(Chomping::Strip),
                b'0' if increment.is_none() => {
                    let problem = "found an indentation indicator equal to 0";
                    return Err(self.fault("while scanning a block scalar", start, problem));
                }
                digit @ b'1'..=b'9' if increment.is_none() => increment = Some(usize::from(digit - b'0')),
                _ => break,
            }
            self.cursor.skip();
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    /// Skips indentation and empty lines of a block scalar; the first line with text determines the indentation. Returns
    /// the position after the last empty line.
    fn scan_block_indentation(&mut self, indent: &mut Option<usize>, breaks: &mut String, start: Mark) -> Scan<Mark> {
        let mut deepest = 0;
        let mut end = self.cursor.mark;
        loop {
            let left_of_text = |column: usize| indent.is_none_or(|indent| column < indent);
            while left_of_text(self.cursor.mark.column) && self.cursor.byte(0) == b' ' {
                self.cursor.skip();
            }
            deepest = deepest.max(self.cursor.mark.column);
            if left_of_text(self.cursor.mark.column) && self.cursor.byte(0) == b'\t' {
                let problem = "found a tab character where an indentation space is expected";
                return Err(self.fault("while scanning a block scalar", start, problem));
            }
            if !self.cursor.at_break() {
                break;
            }
            self.cursor.read_line(breaks);
            end = self.cursor.mark;
        }
        let least = self.indent().map_or(1, |indent| indent + 1);
        indent.get_or_insert(deepest.max(least));
        Ok(end)
    }
}

/// Whether a byte continues a plain scalar in any context.
fn continues_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b':' | b',' | b'?' | b'[' | b']' | b'{' | b'}')
}

/// Whether a byte is literal in both single and double quotes.
fn continues_quoted(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'\'' | b'"' | b'\\')
}

/// How the line breaks at the end of a block scalar are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// All are dropped.
    Strip,
    /// One is kept.
    Clip,
    /// All are kept.
    Keep,
}

fn simple_escape(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' | b'"' | b'\'' | b'\\' => char::from(byte),
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
