//! Go's syntax of regular expressions (RE2), translated to that of the `regex` crate.
//!
//! The two syntaxes differ in details (`\d` is ASCII in Go, `[a[b]` is a set of three characters, `a{` is text), so
//! every expression is translated character by character, in the order of Go's parser. [`check`] does so to find what Go
//! rejects, with Go's message, without compiling anything.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use regex::bytes::Regex;

use crate::go::utf8;

/// Checks an expression without compiling it.
///
/// # Errors
/// Go's message for a malformed expression.
pub fn check(pattern: &str) -> Result<(), String> {
    // Most patterns contain only plain characters.
    if pattern.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"^$-_/ ".contains(&byte)) {
        return Ok(());
    }
    translate(pattern.as_bytes()).map(drop)
}

pub(super) fn parse_error(what: &str, place: &str) -> String {
    format!("error parsing regexp: {what}: `{place}`")
}

/// The longest pattern that is compiled, in bytes: the compiler may need thousands of times the memory of a short class
/// of characters.
const MAX_LENGTH: usize = 32 << 10;

/// Translates the pattern to the syntax of the `regex` crate, to be compiled.
///
/// # Errors
/// The pattern is malformed or too long.
pub(super) fn to_compile(pattern: &[u8]) -> Result<String, String> {
    if pattern.len() > MAX_LENGTH {
        let length = pattern.len();
        return Err(format!(
            "error parsing regexp: expression too large: {length} bytes, and at most {MAX_LENGTH} are compiled"
        ));
    }
    translate(pattern)
}

fn translate(pattern: &[u8]) -> Result<String, String> {
    // Positions in the text are those in the bytes up to the first invalid byte, where the translation ends.
    let invalid = str::from_utf8(pattern).err().map(|error| error.valid_up_to());
    let pattern = &*utf8::to_text(pattern);
    let mut translator = Translator {
        pattern,
        invalid,
        has_more_named_classes: true,
        known_classes: BTreeSet::new(),
        rest: pattern.char_indices().peekable(),
        out: String::with_capacity(pattern.len() + 8),
    };
    translator.expression()?;
    Ok(translator.out)
}

struct Translator<'p> {
    /// The pattern, with U+FFFD for each byte that is not UTF-8.
    pattern: &'p str,
    /// The first of these bytes.
    invalid: Option<usize>,
    /// Whether the end of a class like `[:alpha:]` may still follow: only one search for it may fail.
    has_more_named_classes: bool,
    /// The names of Unicode classes that are known to compile.
    known_classes: BTreeSet<&'p str>,
    rest: Peekable<CharIndices<'p>>,
    out: String,
}

/// The largest repetition count that Go accepts.
const MAX_REPETITIONS: u32 = 1000;

impl<'p> Translator<'p> {
    fn at(&mut self) -> usize {
        self.rest.peek().map_or(self.pattern.len(), |&(at, _)| at)
    }

    fn following(&mut self) -> &'p str {
        let at = self.at();
        &self.pattern[at..]
    }

    fn skip(&mut self, bytes: usize) {
        let end = self.at() + bytes;
        while self.rest.next_if(|&(at, _)| at < end).is_some() {}
    }

    /// Reads a character, and fails if it is a byte that is not UTF-8.
    fn next_char(&mut self) -> Result<Option<(usize, char)>, String> {
        let at = self.at();
        if self.invalid == Some(at) {
            self.check_utf8(at..self.pattern.len())?;
        }
        Ok(self.rest.next())
    }

    /// Fails if a part is not UTF-8. The error contains the rest of this part.
    fn check_utf8(&self, part: Range<usize>) -> Result<(), String> {
        match self.invalid {
            Some(at) if part.contains(&at) => Err(parse_error("invalid UTF-8", &self.pattern[at..part.end])),
            _ => Ok(()),
        }
    }

    fn expression(&mut self) -> Result<(), String> {
        // For every open group, and for the whole expression, how often its most repeated part is repeated.
        let mut factors = vec![1u32];
        // How often the most repeated part of the operand before a repetition is repeated.
        let mut factor = 1;
        // Whether there is an operand before a repetition.
        let mut has_operand = false;
        // Where the repetition that ended just before this character began.
        let mut repeated: Option<usize> = None;
        while let Some((start, c)) = self.next_char()? {
            let repeated_before = repeated.take();
            match c {
                '(' => {
                    if let Some(after) = self.following().strip_prefix('?') {
                        let opened = self.group(start, after)?;
                        if opened {
                            factors.push(1);
                            has_operand = false;
                        }
                    } else {
                        self.out.push('(');
                        factors.push(1);
                        has_operand = false;
                    }
                }
                ')' => {
                    if factors.len() == 1 {
                        return Err(parse_error("unexpected )", self.pattern));
                    }
                    factor = factors.pop().unwrap_or(1);
                    raise(&mut factors, factor);
                    self.out.push(')');
                    has_operand = true;
                    continue;
                }
                '|' => {
                    self.out.push('|');
                    has_operand = false;
                }
                '*' | '+' | '?' => {
                    self.out.push(c);
                    repeated = Some(self.repetition(start, has_operand, repeated_before)?);
                }
                '{' => match bounds(&self.pattern[start..]) {
                    Some((length, least, most)) => {
                        let written = &self.pattern[start..start + length];
                        if least > MAX_REPETITIONS || most.is_some_and(|most| most > MAX_REPETITIONS || most < least) {
                            return Err(parse_error("invalid repeat count", written));
                        }
                        self.skip(length - 1);
                        self.out.push_str(written);
                        repeated = Some(self.repetition(start, has_operand, repeated_before)?);
                        factor *= most.unwrap_or(least).max(1);
                        if factor > MAX_REPETITIONS {
                            return Err(parse_error("invalid repeat count", written));
                        }
                        raise(&mut factors, factor);
                    }
                    None => {
                        self.out.push_str("\\{");
                        has_operand = true;
                    }
                },
                '[' => {
                    self.class(start)?;
                    has_operand = true;
                }
                '\\' => has_operand |= self.escape(start)?,
                '.' | '^' | '$' => {
                    self.out.push(c);
                    has_operand = true;
                }
                _ => {
                    self.literal(c);
                    has_operand = true;
                }
            }
            factor = 1;
        }
        if factors.len() > 1 { Err(parse_error("missing closing )", self.pattern)) } else { Ok(()) }
    }

    /// Reads what follows a repetition operator: possibly `?`, but no other operator. Returns where the repetition
    /// began.
    fn repetition(&mut self, start: usize, has_operand: bool, before: Option<usize>) -> Result<usize, String> {
        if self.rest.next_if(|&(_, c)| c == '?').is_some() {
            self.out.push('?');
        }
        let end = self.at();
        match before {
            Some(first) => Err(parse_error("invalid nested repetition operator", &self.pattern[first..end])),
            None if has_operand => Ok(start),
            None => Err(parse_error("missing argument to repetition operator", &self.pattern[start..end])),
        }
    }

    /// Translates a group that begins with `(?`, followed by `after`. Returns whether the group is still open after its
    /// head.
    fn group(&mut self, start: usize, after: &'p str) -> Result<bool, String> {
        let whole = &self.pattern[start..];
        for (prefix, skipped) in [("P<", 3), ("<", 2)] {
            let Some(named) = after.strip_prefix(prefix).filter(|named| !named.is_empty()) else { continue };
            let name_start = start + 1 + skipped;
            let Some(end) = named.find('>') else {
                self.check_utf8(start..self.pattern.len())?;
                return Err(parse_error("invalid named capture", whole));
            };
            self.check_utf8(name_start..name_start + end)?;
            let name = &named[..end];
            let head = &whole[..1 + skipped + end + 1];
            if name.is_empty() || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
                return Err(parse_error("invalid named capture", head));
            }
            self.skip(head.len() - 1);
            // Matching needs no name, and `regex` may reject this one.
            self.out.push('(');
            return Ok(true);
        }
        self.skip(1);
        // `regex` accepts each flag only once.
        let (mut on, mut off) = (BTreeSet::new(), None::<BTreeSet<char>>);
        while let Some((_, c)) = self.next_char()? {
            match c {
                'i' | 'm' | 's' | 'U' => _ = off.as_mut().unwrap_or(&mut on).insert(c),
                '-' if off.is_none() => off = Some(BTreeSet::new()),
                ':' | ')' if off.as_ref().is_none_or(|off| !off.is_empty()) => {
                    let off = off.unwrap_or_default();
                    if c == ':' || !on.is_empty() || !off.is_empty() {
                        self.out.push_str("(?");
                        self.out.extend(on.difference(&off));
                        self.out.extend((!off.is_empty()).then_some('-').iter().chain(&off));
                        self.out.push(c);
                    }
                    return Ok(c == ':');
                }
                _ => break,
            }
        }
        let end = self.at();
        Err(parse_error("invalid or unsupported Perl syntax", &self.pattern[start..end]))
    }

    fn literal(&mut self, c: char) {
        let mut buffer = [0; 4];
        self.out.push_str(&regex::escape(c.encode_utf8(&mut buffer)));
    }

    /// Translates an escape outside a class, whose backslash has been read. Returns whether it can be repeated, which
    /// only an empty quotation can't.
    fn escape(&mut self, start: usize) -> Result<bool, String> {
        match self.rest.peek().map(|&(_, c)| c) {
            Some(c @ ('A' | 'z')) => {
                self.skip(1);
                self.out.extend(['\\', c]);
            }
            Some(c @ ('b' | 'B')) => {
                self.skip(1);
                self.out.push_str(if c == 'b' { "(?-u:\\b)" } else { "(?-u:\\B)" });
            }
            Some('Q') => {
                self.skip(1);
                let quoted = self.following();
                let quoted_start = self.at();
                let length = quoted.find("\\E").unwrap_or(quoted.len());
                self.check_utf8(quoted_start..quoted_start + length)?;
                self.out.push_str(&regex::escape(&quoted[..length]));
                self.skip(length + if length < quoted.len() { 2 } else { 0 });
                return Ok(length > 0);
            }
            _ => {
                if !self.class_escape(start, false)? {
                    let c = self.escaped_char(start)?;
                    self.literal(c);
                }
            }
        }
        Ok(true)
    }

    /// Translates `\d`, `\pL` and the like, whose backslash has been read. Returns whether there was one.
    fn class_escape(&mut self, start: usize, in_class: bool) -> Result<bool, String> {
        let Some(&(_, c)) = self.rest.peek() else { return Ok(false) };
        let set = match c.to_ascii_lowercase() {
            'd' if c.is_ascii_alphabetic() => "0-9",
            'w' if c.is_ascii_alphabetic() => "0-9A-Za-z_",
            's' if c.is_ascii_alphabetic() => "\\t\\n\\f\\r ",
            'p' => {
                self.skip(1);
                self.unicode_class(start, c)?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.skip(1);
        match (in_class, c.is_ascii_uppercase()) {
            (true, false) => self.out.push_str(set),
            (_, negated) => {
                self.out.push_str(if negated { "[^" } else { "[" });
                self.out.push_str(set);
                self.out.push(']');
            }
        }
        Ok(true)
    }

    fn is_known_class(&mut self, name: &'p str, class: &str) -> bool {
        self.known_classes.contains(name) || Regex::new(class).is_ok() && self.known_classes.insert(name)
    }

    fn unicode_class(&mut self, start: usize, p: char) -> Result<(), String> {
        let name = match self.next_char()? {
            Some((_, '{')) => {
                let name_start = self.at();
                let following = self.following();
                let Some(end) = following.find('}') else {
                    self.check_utf8(start..self.pattern.len())?;
                    return Err(parse_error("invalid character class range", &self.pattern[start..]));
                };
                self.check_utf8(name_start..name_start + end)?;
                self.skip(end + 1);
                &following[..end]
            }
            Some((at, c)) => &self.pattern[at..at + c.len_utf8()],
            None => return Err(parse_error("invalid character class range", &self.pattern[start..])),
        };
        let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        let end = self.at();
        let written = &self.pattern[start..end];
        let negated = negated != (p == 'P');
        let class = format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' });
        // Only the crate has the set of names. Such patterns are rare enough to compile one to find out.
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !plain || !self.is_known_class(name, &class) {
            return Err(parse_error("invalid character class range", written));
        }
        self.out.push_str(&class);
        Ok(())
    }

    /// Reads the character that an escape stands for; its backslash, at `start`, has been read.
    fn escaped_char(&mut self, start: usize) -> Result<char, String> {
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
        code.and_then(char::from_u32).ok_or_else(invalid)
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

    /// Translates a bracketed class; its bracket, at `start`, has been read.
    fn class(&mut self, start: usize) -> Result<(), String> {
        self.out.push('[');
        if self.rest.next_if(|&(_, c)| c == '^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let following = self.following();
            if following.is_empty() {
                return Err(self.unclosed(start));
            }
            if following.starts_with(']') && !first {
                self.skip(1);
                self.out.push(']');
                return Ok(());
            }
            first = false;
            if let Some(named) = following.strip_prefix("[:")
                && self.has_more_named_classes
            {
                let Some(length) = named.find(":]") else {
                    self.has_more_named_classes = false;
                    continue;
                };
                self.posix_class(&following[..length + 4])?;
                continue;
            }
            let at = self.at();
            if following.starts_with('\\') {
                self.rest.next();
                if self.class_escape(at, true)? {
                    continue;
                }
            }
            let low = if following.starts_with('\\') { self.escaped_char(at)? } else { self.class_char(start)? };
            let after = self.following();
            if after.len() >= 2 && after.starts_with('-') && !after.starts_with("-]") {
                self.rest.next();
                let from = self.at();
                let escaped = self.rest.next_if(|&(_, c)| c == '\\').is_some();
                let high = if escaped { self.escaped_char(from)? } else { self.class_char(start)? };
                if high < low {
                    let end = self.at();
                    return Err(parse_error("invalid character class range", &self.pattern[at..end]));
                }
                self.class_literal(low);
                self.out.push('-');
                self.class_literal(high);
            } else {
                self.class_literal(low);
            }
        }
    }

    /// Reads a character in the class that begins at `start`.
    fn class_char(&mut self, start: usize) -> Result<char, String> {
        self.next_char()?.map(|(_, c)| c).ok_or_else(|| self.unclosed(start))
    }

    fn unclosed(&self, start: usize) -> String {
        parse_error("missing closing ]", &self.pattern[start..])
    }

    fn class_literal(&mut self, c: char) {
        if c.is_ascii() && !c.is_ascii_alphanumeric() {
            self.out.push_str(&format!("\\x{:02x}", u32::from(c)));
        } else {
            self.out.push(c);
        }
    }

    fn posix_class(&mut self, written: &str) -> Result<(), String> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
            "word", "xdigit",
        ];
        let name = written.strip_prefix("[:").and_then(|name| name.strip_suffix(":]")).unwrap_or_default();
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(parse_error("invalid character class range", written));
        }
        self.skip(written.len());
        self.out.push_str(written);
        Ok(())
    }
}

fn raise(factors: &mut [u32], factor: u32) {
    if let Some(last) = factors.last_mut() {
        *last = factor.max(*last);
    }
}

/// Parses `{2}`, `{2,}` or `{2,5}` at the beginning of a text: its length and its counts. Anything else is not a
/// repetition.
fn bounds(text: &str) -> Option<(usize, u32, Option<u32>)> {
    let end = 1 + text[1..].find(|c: char| !c.is_ascii_digit() && c != ',')?;
    let inside = text[end..].starts_with('}').then(|| &text[1..end])?;
    let (least, most) = inside.split_once(',').map_or((inside, None), |(least, most)| (least, Some(most)));
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let plain = plain && (digits.len() == 1 || !digits.starts_with('0'));
        plain.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let least_count = number(least)?;
    let most_count = match most {
        None => Some(least_count),
        Some("") => None,
        Some(most) => Some(number(most)?),
    };
    Some((inside.len() + 2, least_count, most_count))
}

#[cfg(test)]
mod tests;
