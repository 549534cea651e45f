//! Go's syntax of regular expressions (RE2), translated to that of the `regex` crate.
//!
//! The two syntaxes differ in details (`\d` is ASCII in Go, `[a[b]` is a set of three characters, `a{` is text), so
//! every expression is translated character by character, in the order of Go's parser. [`check`] does so to find what Go
//! rejects, with Go's message, without compiling anything.

use std::collections::BTreeSet;

use super::classes;
use super::reader::{Reader, parse_error};
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
    let reader = Reader::new(pattern, invalid);
    let mut translator = Translator { reader, out: String::with_capacity(pattern.len() + 8) };
    translator.expression()?;
    Ok(translator.out)
}

struct Translator<'p> {
    reader: Reader<'p>,
    out: String,
}

/// The largest repetition count that Go accepts.
const MAX_REPETITIONS: u32 = 1000;

impl<'p> Translator<'p> {
    fn expression(&mut self) -> Result<(), String> {
        // For every open group, and for the whole expression, how often its most repeated part is repeated.
        let mut factors = vec![1u32];
        // How often the most repeated part of the operand before a repetition is repeated.
        let mut factor = 1;
        // Whether there is an operand before a repetition.
        let mut has_operand = false;
        // Where the repetition that ended just before this character began.
        let mut repeated: Option<usize> = None;
        while let Some((start, c)) = self.reader.next_char()? {
            let repeated_before = repeated.take();
            match c {
                '(' => {
                    if let Some(after) = self.reader.following().strip_prefix('?') {
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
                        return Err(parse_error("unexpected )", self.reader.pattern));
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
                '{' => match bounds(&self.reader.pattern[start..]) {
                    Some((length, least, most)) => {
                        let written = &self.reader.pattern[start..start + length];
                        if least > MAX_REPETITIONS || most.is_some_and(|most| most > MAX_REPETITIONS || most < least) {
                            return Err(parse_error("invalid repeat count", written));
                        }
                        self.reader.skip(length - 1);
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
                    classes::bracketed(&mut self.reader, start, &mut self.out)?;
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
        if factors.len() > 1 { Err(parse_error("missing closing )", self.reader.pattern)) } else { Ok(()) }
    }

    /// Reads what follows a repetition operator: possibly `?`, but no other operator. Returns where the repetition
    /// began.
    fn repetition(&mut self, start: usize, has_operand: bool, before: Option<usize>) -> Result<usize, String> {
        if self.reader.skip_char('?') {
            self.out.push('?');
        }
        let end = self.reader.at();
        match before {
            Some(first) => Err(parse_error("invalid nested repetition operator", &self.reader.pattern[first..end])),
            None if has_operand => Ok(start),
            None => Err(parse_error("missing argument to repetition operator", &self.reader.pattern[start..end])),
        }
    }

    /// Translates a group that begins with `(?`, followed by `after`. Returns whether the group is still open after its
    /// head.
    fn group(&mut self, start: usize, after: &'p str) -> Result<bool, String> {
        let whole = &self.reader.pattern[start..];
        for (prefix, skipped) in [("P<", 3), ("<", 2)] {
            let Some(named) = after.strip_prefix(prefix).filter(|named| !named.is_empty()) else { continue };
            let name_start = start + 1 + skipped;
            let Some(end) = named.find('>') else {
                self.reader.check_utf8(start..self.reader.pattern.len())?;
                return Err(parse_error("invalid named capture", whole));
            };
            self.reader.check_utf8(name_start..name_start + end)?;
            let name = &named[..end];
            let head = &whole[..1 + skipped + end + 1];
            if name.is_empty() || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
                return Err(parse_error("invalid named capture", head));
            }
            self.reader.skip(head.len() - 1);
            // Matching needs no name, and `regex` may reject this one.
            self.out.push('(');
            return Ok(true);
        }
        self.reader.skip(1);
        // `regex` accepts each flag only once.
        let (mut on, mut off) = (BTreeSet::new(), None::<BTreeSet<char>>);
        while let Some((_, c)) = self.reader.next_char()? {
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
        let end = self.reader.at();
        Err(parse_error("invalid or unsupported Perl syntax", &self.reader.pattern[start..end]))
    }

    fn literal(&mut self, c: char) {
        let mut buffer = [0; 4];
        self.out.push_str(&regex::escape(c.encode_utf8(&mut buffer)));
    }

    /// Translates an escape outside a class, whose backslash has been read. Returns whether it can be repeated, which
    /// only an empty quotation can't.
    fn escape(&mut self, start: usize) -> Result<bool, String> {
        match self.reader.peek_char() {
            Some(c @ ('A' | 'z')) => {
                self.reader.skip(1);
                self.out.extend(['\\', c]);
            }
            Some(c @ ('b' | 'B')) => {
                self.reader.skip(1);
                self.out.push_str(if c == 'b' { "(?-u:\\b)" } else { "(?-u:\\B)" });
            }
            Some('Q') => {
                self.reader.skip(1);
                let quoted = self.reader.following();
                let quoted_start = self.reader.at();
                let length = quoted.find("\\E").unwrap_or(quoted.len());
                self.reader.check_utf8(quoted_start..quoted_start + length)?;
                self.out.push_str(&regex::escape(&quoted[..length]));
                self.reader.skip(length + if length < quoted.len() { 2 } else { 0 });
                return Ok(length > 0);
            }
            _ => {
                if !classes::escape(&mut self.reader, start, false, &mut self.out)? {
                    let c = self.reader.escaped_char(start)?;
                    self.literal(c);
                }
            }
        }
        Ok(true)
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
