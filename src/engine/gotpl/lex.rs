//! Splits template text into tokens as Go's `text/template/parse` does. The parser pulls one token at a time.

use std::sync::LazyLock;

use crate::go::utf8;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An error; [`Lexer::message`] has the text.
    Error,
    /// `true`, `false`
    Bool,
    /// A printable ASCII character that starts no other token.
    Char,
    /// `'a'`
    CharConstant,
    /// `1+2i`
    Complex,
    /// `=`
    Assign,
    /// `:=`
    Declare,
    /// The end of the text.
    Eof,
    /// `.name`
    Field,
    /// `name`
    Identifier,
    /// `{{`, with its trim marker.
    LeftDelimiter,
    /// `(`
    LeftParen,
    /// `1`, `1.5`, `1i`
    Number,
    /// `|`
    Pipe,
    /// `` `text` ``
    RawString,
    /// `}}`, with its trim marker.
    RightDelimiter,
    /// `)`
    RightParen,
    /// White space between arguments.
    Space,
    /// `"text"`
    String,
    /// Text outside of actions, trimmed.
    Text,
    /// `$`, `$name`
    Variable,
    /// `block`
    Block,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `.`
    Dot,
    /// `define`
    Define,
    /// `else`
    Else,
    /// `end`
    End,
    /// `if`
    If,
    /// `nil`
    Nil,
    /// `range`
    Range,
    /// `template`
    Template,
    /// `with`
    With,
}

impl TokenKind {
    fn of_keyword(word: &[u8]) -> Option<TokenKind> {
        Some(match word {
            b"block" => TokenKind::Block,
            b"break" => TokenKind::Break,
            b"continue" => TokenKind::Continue,
            b"define" => TokenKind::Define,
            b"else" => TokenKind::Else,
            b"end" => TokenKind::End,
            b"if" => TokenKind::If,
            b"range" => TokenKind::Range,
            b"nil" => TokenKind::Nil,
            b"template" => TokenKind::Template,
            b"with" => TokenKind::With,
            b"true" | b"false" => TokenKind::Bool,
            _ => return None,
        })
    }

    /// Whether messages show the token in angle brackets, as in `<if>`.
    pub fn is_keyword(self) -> bool {
        matches!(
            self,
            TokenKind::Block
                | TokenKind::Break
                | TokenKind::Continue
                | TokenKind::Dot
                | TokenKind::Define
                | TokenKind::Else
                | TokenKind::End
                | TokenKind::If
                | TokenKind::Nil
                | TokenKind::Range
                | TokenKind::Template
                | TokenKind::With
        )
    }
}

/// A token, as a range of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The kind.
    pub kind: TokenKind,
    /// The offset of its first byte.
    pub start: u32,
    /// The offset after its last byte.
    pub end: u32,
}

const SPACE: [u8; 4] = *b" \t\r\n";

/// Whether an ASCII byte can continue a name.
const IN_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = byte == b'_' as usize || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// Produces the tokens of a text.
pub struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    start: usize,
    inside_action: bool,
    paren_depth: u32,
    /// The reason for the error token, which is the last token.
    error: Option<LexError>,
}

/// Why a text can't be split into tokens.
#[derive(Debug)]
pub enum LexError {
    /// The text ends inside an action.
    UnclosedAction,
    /// Any other reason: Go's message.
    Message(String),
}

impl LexError {
    /// Go's message.
    pub fn message(&self) -> &str {
        match self {
            LexError::UnclosedAction => "unclosed action",
            LexError::Message(message) => message,
        }
    }
}

impl From<String> for LexError {
    fn from(message: String) -> LexError {
        LexError::Message(message)
    }
}

impl From<&str> for LexError {
    fn from(message: &str) -> LexError {
        LexError::Message(message.to_owned())
    }
}

type Result<T> = std::result::Result<T, LexError>;

impl<'t> Lexer<'t> {
    /// Starts at the beginning of a text, which must be shorter than 4 GiB.
    pub fn new(text: &'t [u8]) -> Lexer<'t> {
        Lexer { text, at: 0, start: 0, inside_action: false, paren_depth: 0, error: None }
    }

    /// The reason for the error token; `None` before one was returned.
    pub fn error(&self) -> Option<&LexError> {
        self.error.as_ref()
    }

    /// Returns the next token; [`TokenKind::Eof`] after the last one and after an error.
    pub fn next_token(&mut self) -> Token {
        if self.error.is_some() {
            return Token { kind: TokenKind::Eof, start: self.start as u32, end: self.at as u32 };
        }
        let token = if self.inside_action { self.in_action() } else { self.in_text() };
        token.unwrap_or_else(|error| {
            self.error = Some(error);
            Token { kind: TokenKind::Error, start: self.start as u32, end: self.at as u32 }
        })
    }

    fn rest(&self) -> &'t [u8] {
        &self.text[self.at..]
    }

    /// Returns a token from the end of the last one to the current position.
    fn token(&mut self, kind: TokenKind) -> Token {
        let token = Token { kind, start: self.start as u32, end: self.at as u32 };
        self.start = self.at;
        token
    }

    /// Skips the bytes between the last token and the current position.
    fn ignore(&mut self) {
        self.start = self.at;
    }

    /// The next character; `None` at the end.
    fn peek(&self) -> Option<char> {
        utf8::first(self.rest()).map(|(c, _)| c)
    }

    fn advance(&mut self) -> Option<char> {
        let (c, length) = utf8::first(self.rest())?;
        self.at += length;
        Some(c)
    }

    fn accept(&mut self, valid: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|byte| valid.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn accept_run(&mut self, valid: &[u8]) {
        while self.accept(valid) {}
    }

    fn in_text(&mut self) -> Result<Token> {
        loop {
            let Some(length) = find(self.rest(), b"{{") else {
                self.at = self.text.len();
                if self.at == self.start {
                    return Ok(self.token(TokenKind::Eof));
                }
                return Ok(self.token(TokenKind::Text));
            };
            if length > 0 {
                let end = self.at + length;
                let trims = left_trims(&self.text[end + 2..]);
                let kept = if trims { trimmed_end(&self.text[self.start..end]) } else { end - self.start };
                self.at = self.start + kept;
                let text = self.token(TokenKind::Text);
                self.at = end;
                self.ignore();
                if kept > 0 {
                    return Ok(text);
                }
            }
            // The opening delimiter is here.
            let marker = if left_trims(&self.text[self.at + 2..]) { 2 } else { 0 };
            if self.text[self.at + 2 + marker..].starts_with(b"/*") {
                self.at += 2 + marker;
                self.ignore();
                self.comment()?;
                continue;
            }
            self.at += 2;
            let token = self.token(TokenKind::LeftDelimiter);
            self.inside_action = true;
            self.at += marker;
            self.ignore();
            self.paren_depth = 0;
            return Ok(token);
        }
    }

    fn comment(&mut self) -> Result<()> {
        self.at += 2;
        let length = find(self.rest(), b"*/").ok_or("unclosed comment")?;
        self.at += length + 2;
        let trims = self.at_right_delimiter().ok_or("comment ends before closing delimiter")?;
        self.at += if trims { 4 } else { 2 };
        if trims {
            self.at += leading_space(self.rest());
        }
        self.ignore();
        Ok(())
    }

    /// Whether the closing delimiter here trims; `None` if no closing delimiter is here.
    fn at_right_delimiter(&self) -> Option<bool> {
        match self.rest() {
            [b'}', b'}', ..] => Some(false),
            [b' ' | b'\t' | b'\r' | b'\n', b'-', b'}', b'}', ..] => Some(true),
            _ => None,
        }
    }

    fn right_delimiter(&mut self) -> Token {
        let trims = self.at_right_delimiter() == Some(true);
        if trims {
            self.at += 2;
            self.ignore();
        }
        self.at += 2;
        let token = self.token(TokenKind::RightDelimiter);
        if trims {
            self.at += leading_space(self.rest());
            self.ignore();
        }
        self.inside_action = false;
        token
    }

    fn in_action(&mut self) -> Result<Token> {
        let first = *self.text.get(self.at).ok_or(LexError::UnclosedAction)?;
        if matches!(first, b' ' | b'\t' | b'\r' | b'\n' | b'}') {
            if self.at_right_delimiter().is_some() {
                if self.paren_depth == 0 {
                    return Ok(self.right_delimiter());
                }
                return Err("unclosed left paren".into());
            }
            if first != b'}' {
                return Ok(self.space());
            }
        }
        self.at += 1;
        let kind = match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.identifier()?,
            b'.' if self.rest().first().is_some_and(|next| !next.is_ascii_digit()) => self.name(TokenKind::Field)?,
            b'$' => self.name(TokenKind::Variable)?,
            b'"' => self.quoted(b'"', "unterminated quoted string", TokenKind::String)?,
            b'|' => TokenKind::Pipe,
            b'(' => {
                self.paren_depth += 1;
                TokenKind::LeftParen
            }
            b')' => {
                self.paren_depth = self.paren_depth.checked_sub(1).ok_or("unexpected right paren")?;
                TokenKind::RightParen
            }
            b'=' => TokenKind::Assign,
            b':' if self.advance() == Some('=') => TokenKind::Declare,
            b':' => return Err("expected :=".into()),
            b'\'' => self.quoted(b'\'', "unterminated character constant", TokenKind::CharConstant)?,
            b'`' => self.raw_quoted()?,
            b'.' | b'+' | b'-' | b'0'..=b'9' => {
                self.at -= 1;
                self.number()?
            }
            b' '..=b'~' => TokenKind::Char,
            _ => {
                self.at -= 1;
                match self.advance().unwrap_or(char::REPLACEMENT_CHARACTER) {
                    c if is_alphanumeric(c) => self.identifier()?,
                    c => return Err(format!("unrecognized character in action: {}", unicode(c)).into()),
                }
            }
        };
        Ok(self.token(kind))
    }

    /// Lexes white space. A space that belongs to a trim marker is left to the closing delimiter.
    fn space(&mut self) -> Token {
        // Nearly always it is a single space.
        if let [b' ', next, ..] = self.rest()
            && !matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'-')
        {
            self.at += 1;
            return self.token(TokenKind::Space);
        }
        let length = leading_space(self.rest());
        self.at += length;
        let last = &self.text[self.at - 1..];
        if right_trims(last) && last[2..].starts_with(b"}}") {
            self.at -= 1;
            if self.at == self.start {
                return self.right_delimiter();
            }
        }
        self.token(TokenKind::Space)
    }

    fn quoted(&mut self, quote: u8, unterminated: &str, kind: TokenKind) -> Result<TokenKind> {
        loop {
            let special = memchr::memchr3(quote, b'\\', b'\n', self.rest()).ok_or(unterminated)?;
            self.at += special + 1;
            match self.text[self.at - 1] {
                byte if byte == quote => return Ok(kind),
                b'\\' if self.rest().first().is_some_and(|&escaped| escaped != b'\n') => self.at += 1,
                _ => return Err(unterminated.into()),
            }
        }
    }

    fn raw_quoted(&mut self) -> Result<TokenKind> {
        let length = memchr::memchr(b'`', self.rest()).ok_or("unterminated raw quoted string")?;
        self.at += length + 1;
        Ok(TokenKind::RawString)
    }

    /// Lexes a field or variable whose `.` or `$` was consumed.
    fn name(&mut self, kind: TokenKind) -> Result<TokenKind> {
        if self.at_terminator() {
            return Ok(if kind == TokenKind::Variable { kind } else { TokenKind::Dot });
        }
        self.skip_alphanumeric();
        self.check_terminator()?;
        Ok(kind)
    }

    /// Lexes a keyword or identifier whose first character was consumed.
    fn identifier(&mut self) -> Result<TokenKind> {
        self.skip_alphanumeric();
        self.check_terminator()?;
        Ok(TokenKind::of_keyword(&self.text[self.start..self.at]).unwrap_or(TokenKind::Identifier))
    }

    fn skip_alphanumeric(&mut self) {
        loop {
            while let Some(&byte) = self.text.get(self.at)
                && IN_WORDS[usize::from(byte)]
            {
                self.at += 1;
            }
            if self.text.get(self.at).is_none_or(u8::is_ascii) {
                return;
            }
            match utf8::first(self.rest()) {
                Some((c, length)) if is_alphanumeric(c) => self.at += length,
                _ => return,
            }
        }
    }

    fn check_terminator(&self) -> Result<()> {
        if self.at_terminator() {
            return Ok(());
        }
        self.peek().map_or(Ok(()), |c| Err(format!("bad character {}", unicode(c)).into()))
    }

    fn at_terminator(&self) -> bool {
        match self.rest().first() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(') => true,
            Some(_) => self.rest().starts_with(b"}}"),
        }
    }

    fn number(&mut self) -> Result<TokenKind> {
        let bad = |lexer: &Lexer<'_>| {
            let text = String::from_utf8_lossy(&lexer.text[lexer.start..lexer.at]);
            Err(format!("bad number syntax: {}", crate::go::strconv::quote_double(&text)).into())
        };
        if !self.scan_number() {
            return bad(self);
        }
        if matches!(self.rest().first(), Some(b'+' | b'-')) {
            // The imaginary part follows directly.
            if !self.scan_number() || self.text[self.at - 1] != b'i' {
                return bad(self);
            }
            return Ok(TokenKind::Complex);
        }
        Ok(TokenKind::Number)
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        let (mut is_decimal, mut is_hex) = (true, false);
        if self.accept(b"0") {
            if self.accept(b"xX") {
                (digits, is_decimal, is_hex) = (b"0123456789abcdefABCDEF_", false, true);
            } else if self.accept(b"oO") {
                (digits, is_decimal) = (b"01234567_", false);
            } else if self.accept(b"bB") {
                (digits, is_decimal) = (b"01_", false);
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if is_decimal && self.accept(b"eE") || is_hex && self.accept(b"pP") {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.advance();
            return false;
        }
        true
    }
}

/// Formats a character as Go's `%#U` does.
fn unicode(c: char) -> String {
    let code = format!("U+{:04X}", u32::from(c));
    if crate::go::strconv::is_printable(c) { format!("{code} '{c}'") } else { code }
}

/// Whether a name may contain the character: `_`, letters and decimal digits.
fn is_alphanumeric(c: char) -> bool {
    /// Go's letters and decimal digits: `char::is_alphanumeric` also accepts other numbers and marks.
    static IN_NAMES: LazyLock<Option<regex::Regex>> = LazyLock::new(|| regex::Regex::new(r"[\pL\p{Nd}]").ok());
    if c.is_ascii() {
        return c == '_' || c.is_ascii_alphanumeric();
    }
    let in_names = || IN_NAMES.as_ref().is_some_and(|class| class.is_match(c.encode_utf8(&mut [0; 4])));
    c.is_alphanumeric() && in_names()
}

/// Whether the opening delimiter in front of `rest` trims the text to its left.
fn left_trims(rest: &[u8]) -> bool {
    matches!(rest, [b'-', space, ..] if SPACE.contains(space))
}

/// Whether `rest` begins with white space and `-`.
fn right_trims(rest: &[u8]) -> bool {
    matches!(rest, [space, b'-', ..] if SPACE.contains(space))
}

fn leading_space(text: &[u8]) -> usize {
    text.iter().take_while(|byte| SPACE.contains(byte)).count()
}

/// The length without trailing white space.
fn trimmed_end(text: &[u8]) -> usize {
    text.iter().rposition(|byte| !SPACE.contains(byte)).map_or(0, |last| last + 1)
}

/// The offset of the first occurrence of two bytes.
fn find(text: &[u8], pair: &[u8; 2]) -> Option<usize> {
    memchr::memchr_iter(pair[0], text).find(|at| text.get(at + 1) == Some(&pair[1]))
}

#[cfg(test)]
mod tests;
