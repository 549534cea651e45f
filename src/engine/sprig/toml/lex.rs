//! Characters, strings, numbers and times of a document, with the messages of BurntSushi's lexer.

use super::tables::Value;
use crate::go::strconv::{quote_char, quote_double};
use crate::go::time::{Zone, parse};
use crate::go::utf8::{decode, decode_last, is_letter};

/// The zone of times without one, and its current offset.
pub struct LocalClock {
    /// The zone.
    pub zone: Zone,
    /// Seconds east of UTC.
    pub offset: i64,
}

/// An error and its line.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) line: i64,
    pub(super) message: String,
}

pub(super) type Result<T> = std::result::Result<T, Wrong>;

/// A position in a document. The end of the text is the character 0, which no document may contain.
pub(super) struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    line: i64,
    clock: &'t LocalClock,
}

pub(super) const END: char = '\0';

pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

pub(super) fn is_newline(character: char) -> bool {
    matches!(character, '\n' | '\r')
}

/// The layouts of times, and the name of the zone for times without one.
const LAYOUTS: [(&str, Option<&str>); 7] = [
    ("2006-01-02T15:04:05.999999999Z07:00", None),
    ("2006-01-02T15:04:05.999999999", Some("datetime-local")),
    ("2006-01-02", Some("date-local")),
    ("15:04:05.999999999", Some("time-local")),
    ("2006-01-02T15:04Z07:00", None),
    ("2006-01-02T15:04", Some("datetime-local")),
    ("15:04", Some("time-local")),
];

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t [u8], clock: &'t LocalClock) -> Lexer<'t> {
        Lexer { text, at: 0, line: 1, clock }
    }

    pub(super) fn line(&self) -> i64 {
        self.line
    }

    /// Returns the next character without consuming it. A character that no document may contain is an error even then.
    pub(super) fn peek(&self) -> Result<char> {
        let rest = &self.text[self.at..];
        let Some((character, _)) = decode(rest) else { return Ok(END) };
        let Some(character) = character else {
            return Err(self.wrong(format!("invalid UTF-8 byte: 0x{:02x}", rest[0])));
        };
        let is_alone = character == '\r' && rest.get(1) != Some(&b'\n');
        if is_alone || character.is_ascii_control() && !matches!(character, '\t' | '\r' | '\n') {
            let code = u32::from(character);
            return Err(self.wrong(format!("TOML files cannot contain control characters: '0x{code:02x}'")));
        }
        Ok(character)
    }

    pub(super) fn next(&mut self) -> Result<char> {
        let character = self.peek()?;
        if self.at < self.text.len() {
            self.at += character.len_utf8();
            self.line += i64::from(character == '\n');
        }
        Ok(character)
    }

    /// Consumes the next character if it is `wanted`.
    fn accept(&mut self, wanted: char) -> Result<bool> {
        let is_wanted = self.peek()? == wanted;
        if is_wanted {
            self.next()?;
        }
        Ok(is_wanted)
    }

    pub(super) fn skip(&mut self, is_skipped: fn(char) -> bool) -> Result<()> {
        while is_skipped(self.peek()?) {
            self.next()?;
        }
        Ok(())
    }

    /// Returns an error at the current position.
    pub(super) fn wrong(&self, message: String) -> Wrong {
        Wrong { line: self.line, message }
    }

    /// Returns an error about a character that was consumed. At the end of the text, an empty line does not count.
    pub(super) fn wrong_after(&self, character: char, message: String) -> Wrong {
        let is_empty_line = character == END && self.text[..self.at].ends_with(b"\n");
        Wrong { line: self.line - i64::from(is_empty_line), message }
    }

    /// Returns an error in the previous line.
    pub(super) fn wrong_before(&self, message: String) -> Wrong {
        Wrong { line: self.line - 1, message }
    }

    fn since(&self, start: usize) -> String {
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    /// Skips to the end of the line.
    pub(super) fn comment(&mut self) -> Result<()> {
        self.skip(|character| !is_newline(character) && character != END)
    }

    /// Reads a part of a key that is not quoted; it may be empty.
    pub(super) fn bare_key(&mut self) -> Result<String> {
        let start = self.at;
        self.skip(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-'))?;
        Ok(self.since(start))
    }

    /// Reads a value that is neither a list nor a table.
    pub(super) fn scalar(&mut self) -> Result<Value> {
        let start = self.at;
        let first = self.next()?;
        match first {
            '0'..='9' => return self.number_or_time(start, first),
            '"' | '\'' => {
                if self.accept(first)? {
                    return match self.accept(first)? {
                        true => self.lines(first).map(Value::Text),
                        false => Ok(Value::Text(String::new())),
                    };
                }
                return self.quoted(first).map(Value::Text);
            }
            '.' => return Err(self.wrong("floats must start with a digit, not '.'".to_owned())),
            '-' | '+' => return self.signed(start),
            _ => {}
        }
        if matches!(first, 'i' | 'n')
            && (self.accept('n')? && self.accept('f')? || self.accept('a')? && self.accept('n')?)
        {
            return self.float(start);
        }
        if is_letter(first) {
            // The letters that match `inf` have been consumed; the last of them begins the word in the message.
            self.at -= decode_last(&self.text[start..self.at]).map_or(0, |(_, length)| length);
            return self.word();
        }
        let expected = "expected value";
        Err(match first {
            END => self.wrong_after(END, format!("unexpected EOF; {expected}")),
            '\n' => self.wrong_before(format!("{expected} but found '\\n' instead")),
            other => self.wrong(format!("{expected} but found {} instead", quote_char(other))),
        })
    }

    /// Reads `true` or `false`; any other word is an error.
    fn word(&mut self) -> Result<Value> {
        let start = self.at;
        self.skip(is_letter)?;
        match self.since(start).as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            word => Err(self.wrong(format!("expected value but found {} instead", quote_double(word)))),
        }
    }

    /// Reads a string after its quote, up to the next one in the same line.
    pub(super) fn quoted(&mut self, quote: char) -> Result<String> {
        let start = self.at;
        let mut has_escapes = false;
        loop {
            match self.next()? {
                END => {
                    let shown = if quote == '"' { "'\"'" } else { "\"'\"" };
                    return Err(self.wrong_after(END, format!("unexpected EOF; expected {shown}")));
                }
                character if is_newline(character) => {
                    return Err(self.wrong_before("strings cannot contain newlines".to_owned()));
                }
                '\\' if quote == '"' => {
                    has_escapes = true;
                    self.escape(start)?;
                }
                character if character == quote => break,
                _ => {}
            }
        }
        let text = String::from_utf8_lossy(&self.text[start..self.at - 1]).into_owned();
        if has_escapes { self.unescaped(&text) } else { Ok(text) }
    }

    /// Reads a string after its three quotes, up to the next three, which two more may precede.
    fn lines(&mut self, quote: char) -> Result<String> {
        let (start, three) = (self.at, String::from(quote).repeat(3));
        loop {
            match self.next()? {
                END => {
                    let shown = if quote == '"' { "'\"\"\"'" } else { "\"'''\"" };
                    return Err(self.wrong_after(END, format!("unexpected EOF; expected {shown}")));
                }
                '\\' if quote == '"' => {
                    if is_newline(self.peek()?) {
                        self.next()?;
                    } else {
                        self.escape(start)?;
                    }
                }
                character if character == quote && self.text[self.at - 1..].starts_with(three.as_bytes()) => {
                    self.at += 2;
                    if self.peek()? != quote {
                        break;
                    }
                    let five = String::from(quote).repeat(5);
                    let before = &self.text[start..self.at];
                    let is_escaped = quote == '"' && before.ends_with(format!("\\{five}").as_bytes());
                    if before.ends_with(five.as_bytes()) && !is_escaped {
                        let shown = if quote == '"' { "'\"\"\"\"\"\"'" } else { "\"''''''\"" };
                        return Err(self.wrong(format!("unexpected {shown}")));
                    }
                    self.at -= 2;
                }
                _ => {}
            }
        }
        let text = String::from_utf8_lossy(&self.text[start..self.at - 3]).into_owned();
        let text = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n')).unwrap_or(&text);
        if quote == '"' { self.unescaped(&without_escaped_newlines(text)) } else { Ok(text.to_owned()) }
    }

    /// Reads an escape after its backslash, in a string that begins at `string`.
    fn escape(&mut self, string: usize) -> Result<()> {
        let (digits, number, letter) = match self.next()? {
            'e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\' => return Ok(()),
            'x' => (2, "two", 'x'),
            'u' => (4, "four", 'u'),
            'U' => (8, "eight", 'U'),
            END => return Err(self.wrong_before("invalid escape in string '\\\0'".to_owned())),
            other => return Err(self.wrong(format!("invalid escape in string '\\{other}'"))),
        };
        for _ in 0..digits {
            let digit = self.next()?;
            if !digit.is_ascii_hexdigit() {
                let shown = quote_double(&self.since(string));
                let expected = format!("expected {number} hexadecimal digits after '\\{letter}'");
                return Err(self.wrong_after(digit, format!("{expected}, but got {shown} instead")));
            }
        }
        Ok(())
    }

    /// Replaces the escapes in a string, which the lexer has checked.
    fn unescaped(&self, text: &str) -> Result<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, escape)) = rest.split_once('\\') {
            out.push_str(before);
            let Some(letter) = escape.chars().next() else { break };
            let mut length = letter.len_utf8();
            match letter {
                'b' => out.push('\u{8}'),
                't' => out.push('\t'),
                'n' => out.push('\n'),
                'f' => out.push('\u{c}'),
                'r' => out.push('\r'),
                'e' => out.push('\u{1b}'),
                'x' | 'u' | 'U' => {
                    length = match letter {
                        'x' => 3,
                        'u' => 5,
                        _ => 9,
                    };
                    let digits = escape.get(1..length).unwrap_or_default();
                    let character = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                    out.push(
                        character.ok_or_else(|| {
                            self.wrong(format!("Escaped character '\\u{digits}' is not valid UTF-8."))
                        })?,
                    );
                }
                ' ' | '\t' => return Err(self.wrong(format!("invalid escape: '\\{letter}'"))),
                other => out.push(other),
            }
            rest = escape.get(length..).unwrap_or_default();
        }
        out.push_str(rest);
        Ok(out)
    }

    /// Reads a number after its sign.
    fn signed(&mut self, start: usize) -> Result<Value> {
        let first = self.next()?;
        match first {
            'i' | 'n' => {
                let [second, third] = if first == 'i' { ['n', 'f'] } else { ['a', 'n'] };
                if !self.accept(second)? || !self.accept(third)? {
                    return Err(self.wrong(format!("invalid float: '{}'", self.since(start))));
                }
                self.float(start)
            }
            '.' => Err(self.wrong("floats must start with a digit, not '.'".to_owned())),
            '0'..='9' => {
                let base = self.peek()?;
                if first == '0' && matches!(base, 'b' | 'o' | 'x') {
                    let shown = self.since(start);
                    return Err(self.wrong(format!("cannot use sign with non-decimal numbers: '{shown}{base}'")));
                }
                self.decimal(start)
            }
            other => Err(self.wrong_after(other, format!("expected a digit but got {}", quote_char(other)))),
        }
    }

    /// Reads a number or a time after its first digit.
    fn number_or_time(&mut self, start: usize, first: char) -> Result<Value> {
        let second = self.peek()?;
        let (is_digit, name): (fn(char) -> bool, _) = match second {
            'b' => (|digit| matches!(digit, '0' | '1'), "a binary"),
            'o' => (|digit| matches!(digit, '0'..='7'), "an octal"),
            'x' => (|digit| digit.is_ascii_hexdigit(), "a hexadecimal"),
            _ => (|digit| digit.is_ascii_digit(), ""),
        };
        if first == '0' && !name.is_empty() {
            self.next()?;
            let third = self.peek()?;
            if !is_digit(third) {
                return Err(self.wrong(format!("not {name} number: '{}{third}'", self.since(start))));
            }
            while is_digit(self.peek()?) || self.peek()? == '_' {
                self.next()?;
            }
            return self.integer(start);
        }
        self.skip(|digit| digit.is_ascii_digit())?;
        // A time does not begin with a single 0.
        let is_zero = first == '0' && self.at == start + 1;
        match self.peek()? {
            '-' | ':' if !is_zero => self.time(start),
            '_' | '.' | 'e' | 'E' => self.decimal(start),
            _ => self.integer(start),
        }
    }

    /// Reads the rest of a decimal number after its first digits.
    fn decimal(&mut self, start: usize) -> Result<Value> {
        self.skip(|digit| digit.is_ascii_digit() || digit == '_')?;
        if !matches!(self.peek()?, '.' | 'e' | 'E') {
            return self.integer(start);
        }
        self.skip(|part| part.is_ascii_digit() || matches!(part, '_' | '.' | '-' | '+' | 'e' | 'E'))?;
        self.float(start)
    }

    fn integer(&self, start: usize) -> Result<Value> {
        let text = self.since(start);
        let wrong = |what: &str| self.wrong(format!("Invalid integer {}: {what}", quote_double(&text)));
        if !has_good_underscores(&text) {
            return Err(wrong("underscores must be surrounded by digits"));
        }
        if has_leading_zero(&text) {
            return Err(wrong("cannot have leading zeroes"));
        }
        let digits = text.replace('_', "");
        let number = match digits.get(..2) {
            Some("0b") => i64::from_str_radix(&digits[2..], 2),
            Some("0o") => i64::from_str_radix(&digits[2..], 8),
            Some("0x") => i64::from_str_radix(&digits[2..], 16),
            _ => digits.parse(),
        };
        number.map(Value::Int).map_err(|_| self.wrong(format!("{text} is out of range for int64")))
    }

    fn float(&self, start: usize) -> Result<Value> {
        let text = self.since(start);
        let wrong = |what: &str| self.wrong(format!("Invalid float {}: {what}", quote_double(&text)));
        let mut parts = text.split(['.', 'e', 'E']).filter(|part| !part.is_empty());
        if !parts.clone().all(has_good_underscores) {
            return Err(wrong("underscores must be surrounded by digits"));
        }
        if parts.next().is_some_and(has_leading_zero) {
            return Err(wrong("cannot have leading zeroes"));
        }
        let after_periods = text.split('.').skip(1);
        if !after_periods.clone().all(|part| part.starts_with(|digit: char| digit.is_ascii_digit())) {
            return Err(wrong("'.' must be followed by one or more digits"));
        }
        let digits = text.replace('_', "");
        let number: f64 =
            digits.parse().map_err(|_| self.wrong(format!("Invalid float value: {}", quote_double(&text))))?;
        if number.is_infinite() && !digits.ends_with("inf") {
            return Err(self.wrong(format!("{text} is out of range for float64")));
        }
        Ok(Value::Float(number))
    }

    /// Reads the rest of a date or time after its first digits.
    fn time(&mut self, start: usize) -> Result<Value> {
        self.skip(|part| part.is_ascii_digit() || matches!(part, '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+'))?;
        let text = self.since(start).trim().replace('z', "Z").replace(['t', ' '], "T");
        let invalid = || self.wrong(format!("invalid datetime: {}", quote_double(&text)));
        for (layout, zone) in LAYOUTS {
            let zone = zone.map(|name| Zone::fixed(name.as_bytes(), self.clock.offset));
            let zone = zone.as_ref().unwrap_or(&self.clock.zone);
            if let Ok(time) = parse(layout.as_bytes(), text.as_bytes(), zone) {
                // Go's layouts accept shorter numbers, but here the separators must be in their places.
                let same =
                    |(index, byte): (usize, u8)| byte.is_ascii_digit() || text.as_bytes().get(index) == Some(&byte);
                let mut fixed = layout.bytes().enumerate().take_while(|(_, byte)| !matches!(byte, b'.' | b'Z'));
                return if fixed.all(same) { Ok(Value::Time(time, text)) } else { Err(invalid()) };
            }
        }
        Err(invalid())
    }
}

/// Whether every underscore has digits on both sides.
fn has_good_underscores(number: &str) -> bool {
    if matches!(number.trim_start_matches(['+', '-']), "inf" | "nan") {
        return true;
    }
    let mut after_digit = false;
    for character in number.chars() {
        if character == '_' && !after_digit {
            return false;
        }
        after_digit = character.is_ascii_hexdigit();
    }
    after_digit
}

fn has_leading_zero(number: &str) -> bool {
    match number.as_bytes() {
        [b'0', second, ..] => !matches!(second, b'b' | b'o' | b'x'),
        [b'+' | b'-', b'0', _, ..] => true,
        _ => false,
    }
}

/// Removes each newline that a backslash escapes from a multi-line string, with the backslash and all white space after it.
fn without_escaped_newlines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let following = &rest[at + 1..];
        let after = following.trim_start_matches([' ', '\t', '\r', '\n']);
        if following[..following.len() - after.len()].contains('\n') {
            out.push_str(&rest[..at]);
            rest = after;
            continue;
        }
        let length = at + if following.starts_with('\\') { 2 } else { 1 };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}
