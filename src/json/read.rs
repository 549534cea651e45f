//! Parses JSON text into values, as strictly as Go's `encoding/json`.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::{Entry, Map, Node, Value};

/// The maximum nesting depth of arrays and objects.
const MAX_DEPTH: usize = 10_000;

/// Reads a part of a text that contains one JSON value, surrounded only by white space, as Go's `json.Unmarshal`
/// does: numbers are floats, the last of duplicate keys wins, and unpaired surrogates become U+FFFD. The range is
/// clamped to the text.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::json;
///
/// let source = Source::flag("--set-json", r#"{"a": [1, tru]}"#);
/// let error = json::read(&source, 0..source.text().len()).unwrap_err();
/// assert_eq!(error.message, "invalid character ']' in literal true (expecting 'e')");
/// assert_eq!(error.labels[0].span.start(), 13);
/// ```
///
/// # Errors
/// Go's message, with the place of the first character that is not allowed.
pub fn read(source: &Source, range: Range<usize>) -> Result<Node, Diagnostic> {
    let range = source.span(range).range();
    let mut reader = Reader::new(source, range, false);
    let node = reader.only_value()?;
    reader.checked(node)
}

/// Reads a text like [`read`], but replaces numbers that a float cannot represent with null. Also returns the error for the
/// first such number: Go's decoder continues after it.
///
/// # Errors
/// As for [`read`], but only for syntax errors.
pub fn read_decoded(source: &Source) -> Result<(Node, Option<Diagnostic>), Diagnostic> {
    let mut reader = Reader::new(source, 0..source.text().len(), false);
    let node = reader.only_value()?;
    Ok((node, reader.too_large))
}

/// Reads the first JSON value of a text from `start` on, as Go's `json.Decoder` does. Also returns the offset where the
/// value ends; the rest of the text is ignored.
///
/// # Errors
/// As for [`read`], but with the decoder's messages for the end of the text: `EOF` if there is no value,
/// `unexpected EOF` inside one.
pub fn read_prefix(source: &Source, start: usize) -> Result<(Node, usize), Diagnostic> {
    let end = source.text().len();
    let start = source.span(start..end).start();
    let mut reader = Reader::new(source, start..end, true);
    reader.skip_space();
    if reader.byte().is_none() {
        return Err(*reader.error("EOF".to_owned()));
    }
    let node = reader.value().map_err(|error| *error)?;
    let end = reader.at;
    Ok((reader.checked(node)?, end))
}

/// The result of a parsing step. Errors are large and rare, so they are boxed.
type Read<T> = Result<T, Box<Diagnostic>>;

struct Reader<'s> {
    source: &'s Source,
    /// The text up to the end of the range being read.
    text: &'s str,
    at: usize,
    depth: usize,
    /// Whether to use the error messages of Go's stream decoder.
    streaming: bool,
    /// The entries of all open objects.
    entries: Vec<(String, Entry)>,
    /// The error for the first number that a float cannot represent. Go reports it only if the syntax of the whole
    /// value is valid.
    too_large: Option<Diagnostic>,
}

impl<'s> Reader<'s> {
    fn new(source: &'s Source, range: Range<usize>, streaming: bool) -> Reader<'s> {
        Reader {
            source,
            text: &source.text()[..range.end],
            at: range.start,
            depth: 0,
            streaming,
            entries: Vec::new(),
            too_large: None,
        }
    }

    /// Reads the value that is the whole text.
    fn only_value(&mut self) -> Result<Node, Diagnostic> {
        let node = self.value().map_err(|error| *error)?;
        self.skip_space();
        match self.byte() {
            Some(_) => Err(*self.unexpected("after top-level value")),
            None => Ok(node),
        }
    }

    /// Returns the value, or the error if a number in it was too large.
    fn checked(self, node: Node) -> Result<Node, Diagnostic> {
        self.too_large.map_or(Ok(node), Err)
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    }

    fn skip_while(&mut self, is_of_run: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|&&byte| is_of_run(byte)).count();
    }

    /// Returns the error for the character at the position, with Go's `context`.
    fn unexpected(&self, context: &str) -> Box<Diagnostic> {
        match self.byte() {
            Some(byte) => self.error(format!("invalid character {} {context}", quote(byte))),
            None => self.ended(),
        }
    }

    /// Like [`Self::unexpected`], but inside a token, where Go treats the end of the text as a space.
    fn unexpected_in_token(&self, context: &str) -> Box<Diagnostic> {
        match self.byte() {
            None if !self.streaming => self.error(format!("invalid character ' ' {context}")),
            _ => self.unexpected(context),
        }
    }

    fn ended(&self) -> Box<Diagnostic> {
        self.error(if self.streaming { "unexpected EOF" } else { "unexpected end of JSON input" }.to_owned())
    }

    fn error(&self, message: String) -> Box<Diagnostic> {
        let length = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        Box::new(Diagnostic::error("json-syntax", message).at(self.source.span(self.at..self.at + length), ""))
    }

    fn node(&self, value: Value, start: usize) -> Node {
        Node::new(value, self.source.span(start..self.at))
    }

    fn value(&mut self) -> Read<Node> {
        self.skip_space();
        let start = self.at;
        let value = match self.byte() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.literal("true", Value::Bool(true))?,
            Some(b'f') => self.literal("false", Value::Bool(false))?,
            Some(b'n') => self.literal("null", Value::Null)?,
            _ => return Err(self.unexpected("looking for beginning of value")),
        };
        Ok(self.node(value, start))
    }

    fn nested(&mut self, read: fn(&mut Self) -> Read<Value>) -> Read<Value> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.unexpected("exceeded max depth"));
        }
        self.at += 1;
        let value = read(self)?;
        self.at += 1;
        self.depth -= 1;
        Ok(value)
    }

    /// Reads the items after `[`, up to its `]`.
    fn array(&mut self) -> Read<Value> {
        let mut items = Vec::new();
        self.skip_space();
        if self.byte() == Some(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_space();
            match self.byte() {
                Some(b',') => self.at += 1,
                Some(b']') => return Ok(Value::List(items)),
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    /// Reads the entries after `{`, up to its `}`.
    fn object(&mut self) -> Read<Value> {
        self.skip_space();
        if self.byte() == Some(b'}') {
            return Ok(Value::Map(Map::new()));
        }
        let known = self.entries.len();
        loop {
            self.skip_space();
            let start = self.at;
            if self.byte() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            let span = self.source.span(start..self.at);
            self.skip_space();
            if self.byte() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            let node = self.value()?;
            self.entries.push((key, Entry { key: span, node }));
            self.skip_space();
            match self.byte() {
                Some(b',') => self.at += 1,
                Some(b'}') => return Ok(Value::Map(Map::of_list(self.entries.split_off(known)))),
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Read<Value> {
        for expected in word.bytes() {
            if self.byte() != Some(expected) {
                let context = format!("in literal {word} (expecting '{}')", char::from(expected));
                return Err(self.unexpected_in_token(&context));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = &self.text[start..self.at];
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Value::Float(value)),
            _ => {
                let message = format!("json: cannot unmarshal number {text} into Go value of type float64");
                let span = self.source.span(start..self.at);
                let error = Diagnostic::error("json-syntax", message).at(span, "too large for a 64-bit float");
                self.too_large.get_or_insert(error);
                Ok(Value::Null)
            }
        }
    }

    /// Skips one or more digits.
    fn digits(&mut self, context: &str) -> Read<()> {
        if !self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.unexpected_in_token(context));
        }
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Read<String> {
        let whole = self.text;
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            self.at += plain_length(&whole.as_bytes()[start..]);
            text.push_str(&whole[start..self.at]);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.unexpected("in string literal")),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        self.at += 1;
        let character = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.unexpected_in_token("in string escape code")),
        };
        self.at += 1;
        Ok(character)
    }

    /// Reads the four digits after `\u`, and a second escape if the first one is the first half of a surrogate pair.
    fn unicode_escape(&mut self) -> Read<char> {
        let first = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&first) || !self.text[self.at..].starts_with("\\u") {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after_first = self.at;
        self.at += 2;
        let second = self.four_digits()?;
        if (0xDC00..0xE000).contains(&second) {
            let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.at = after_first;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Read<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.byte().and_then(|byte| char::from(byte).to_digit(16)) else {
                return Err(self.unexpected_in_token("in \\u hexadecimal character escape"));
            };
            code = code << 4 | digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// Returns the number of bytes in front of the first quote, backslash or control character, counted eight at a time.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let mut count = 0;
    while let Some(eight) = bytes[count..].first_chunk() {
        let eight = u64::from_le_bytes(*eight);
        // Sets the high bit of the first byte that is less than `other`; the high bits of later bytes are meaningless.
        let below = |eight: u64, other: u8| eight.wrapping_sub(ONES * u64::from(other)) & !eight & (ONES << 7);
        let is = |byte: u8| below(eight ^ (ONES * u64::from(byte)), 1);
        match below(eight, b' ') | is(b'"') | is(b'\\') {
            0 => count += 8,
            found => return count + found.trailing_zeros() as usize / 8,
        }
    }
    let is_plain = |byte: &&u8| !matches!(byte, 0..b' ' | b'"' | b'\\');
    count + bytes[count..].iter().take_while(is_plain).count()
}

/// Formats a byte as in Go's messages, which show only the first byte of a character beyond ASCII.
fn quote(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".to_owned(),
        b'\\' => "'\\\\'".to_owned(),
        b'\n' => "'\\n'".to_owned(),
        b'\r' => "'\\r'".to_owned(),
        b'\t' => "'\\t'".to_owned(),
        0x07 => "'\\a'".to_owned(),
        0x08 => "'\\b'".to_owned(),
        0x0B => "'\\v'".to_owned(),
        0x0C => "'\\f'".to_owned(),
        0x00..=0x1F | 0x7F => format!("'\\x{byte:02x}'"),
        0x80..=0xA0 | 0xAD => format!("'\\u{byte:04x}'"),
        _ => format!("'{}'", char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::plain_length;

    #[test]
    fn strings_are_scanned_up_to_the_first_special_byte() {
        for byte in 0..=u8::MAX {
            let is_plain = byte >= b' ' && byte != b'"' && byte != b'\\';
            for (before, after) in (0..20).flat_map(|before| [0, 1, 9].map(|after| (before, after))) {
                for filler in [b'a', b'!', b'#', 0xC3, 0xFF] {
                    let bytes = [vec![filler; before], vec![byte], vec![filler; after]].concat();
                    let expected = if is_plain { bytes.len() } else { before };
                    assert_eq!(plain_length(&bytes), expected, "{byte} at {before} of {}", bytes.len());
                }
            }
        }
    }
}
