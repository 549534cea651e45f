//! Go's syntax of regular expressions (RE2), translated to that of the `regex` crate.
//!
//! The two syntaxes differ in details (`\d` is ASCII in Go, `[a[b]` is a set of three characters, `a{` is text), so
//! every expression is translated character by character, in the order of Go's parser. [`check`] does so to find what Go
//! rejects, with Go's message, without compiling anything.

use std::collections::BTreeSet;

use super::classes;
use super::reader::{NOTHING, Reader, parse_error};
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
    let mut translator = Translator {
        reader: Reader::new(pattern, invalid),
        out: String::with_capacity(pattern.len() + 8),
        groups: vec![Group { factor: 1, was_lazy: false }],
        operand: None,
        flags: String::new(),
        is_lazy: false,
    };
    translator.expression()?;
    Ok(translator.out)
}

struct Translator<'p> {
    reader: Reader<'p>,
    out: String,
    /// For the whole expression and every open group.
    groups: Vec<Group>,
    /// What a repetition would repeat, if there is anything. It is at the end of `out`.
    operand: Option<Operand>,
    /// Flags to append after the operand and its repetitions.
    flags: String,
    /// Whether repetitions prefer less text, unless followed by `?` (flag `U`).
    is_lazy: bool,
}

struct Group {
    /// How often the most repeated part is repeated.
    factor: u32,
    /// [`Translator::is_lazy`] before the group.
    was_lazy: bool,
}

struct Operand {
    /// How often the most repeated part is repeated.
    factor: u32,
    is_repetition: bool,
}

impl Operand {
    const SIMPLE: Operand = Operand { factor: 1, is_repetition: false };
}

/// The largest repetition count that Go accepts.
const MAX_REPETITIONS: u32 = 1000;

impl<'p> Translator<'p> {
    fn expression(&mut self) -> Result<(), String> {
        // Where the repetition that ended just before this character began.
        let mut repeated: Option<usize> = None;
        while let Some((start, c)) = self.reader.next_char()? {
            let repeated_before = repeated.take();
            match c {
                '(' => match self.reader.following().strip_prefix('?') {
                    Some(after) => self.group(start, after)?,
                    None => self.open("("),
                },
                ')' => self.close()?,
                '|' => {
                    self.begin(None);
                    self.out.push('|');
                }
                '*' => repeated = Some(self.repetition(start, (0, None), repeated_before)?),
                '+' => repeated = Some(self.repetition(start, (1, None), repeated_before)?),
                '?' => repeated = Some(self.repetition(start, (0, Some(1)), repeated_before)?),
                '{' => match bounds(&self.reader.pattern[start..]) {
                    Some((length, least, most)) => {
                        if least > MAX_REPETITIONS || most.is_some_and(|most| most > MAX_REPETITIONS || most < least) {
                            let written = &self.reader.pattern[start..start + length];
                            return Err(parse_error("invalid repeat count", written));
                        }
                        self.reader.skip(length - 1);
                        repeated = Some(self.repetition(start, (least, most), repeated_before)?);
                    }
                    None => self.literal('{'),
                },
                '[' => {
                    self.begin(Some(Operand::SIMPLE));
                    classes::bracketed(&mut self.reader, start, &mut self.out)?;
                }
                '\\' => self.escape(start)?,
                '.' | '^' | '$' => {
                    self.begin(Some(Operand::SIMPLE));
                    self.out.push(c);
                }
                _ => self.literal(c),
            }
        }
        if self.groups.len() > 1 { Err(parse_error("missing closing )", self.reader.pattern)) } else { Ok(()) }
    }

    /// Begins what follows the operand. The caller appends it, with the new operand.
    fn begin(&mut self, next: Option<Operand>) {
        self.out.push_str(&self.flags);
        self.flags.clear();
        let factor = self.operand.as_ref().map_or(1, |operand| operand.factor);
        self.operand = next;
        if let Some(group) = self.groups.last_mut() {
            group.factor = factor.max(group.factor);
        }
    }

    fn open(&mut self, head: &str) {
        self.begin(None);
        self.out.push_str(head);
        self.groups.push(Group { factor: 1, was_lazy: self.is_lazy });
    }

    fn close(&mut self) -> Result<(), String> {
        if self.groups.len() == 1 {
            return Err(parse_error("unexpected )", self.reader.pattern));
        }
        self.begin(None);
        let factor = self.groups.pop().map_or(1, |group| {
            self.is_lazy = group.was_lazy;
            group.factor
        });
        self.operand = Some(Operand { factor, is_repetition: false });
        self.out.push(')');
        Ok(())
    }

    /// Translates a repetition operator at `start`, and the `?` after it. Fails if another operator, which began at
    /// `before`, is just before it. Returns where the repetition began.
    fn repetition(&mut self, start: usize, bounds: (u32, Option<u32>), before: Option<usize>) -> Result<usize, String> {
        let operator_end = self.reader.at();
        let is_marked = self.reader.skip_char('?');
        let end = self.reader.at();
        let written = &self.reader.pattern[start..end];
        if let Some(first) = before {
            return Err(parse_error("invalid nested repetition operator", &self.reader.pattern[first..end]));
        }
        let Some(operand) = &mut self.operand else {
            return Err(parse_error("missing argument to repetition operator", written));
        };
        let operator = &self.reader.pattern[start..operator_end];
        let (least, most) = bounds;
        let factor = match most {
            // Nothing is left of the operand.
            Some(0) => 1,
            _ => operand.factor * most.unwrap_or(least).max(1),
        };
        if factor > MAX_REPETITIONS {
            return Err(parse_error("invalid repeat count", written));
        }
        // Directly after another operator, `?` would belong to that.
        self.out.push_str(if operand.is_repetition && operator == "?" { "{0,1}" } else { operator });
        if is_marked != self.is_lazy {
            self.out.push('?');
        }
        *operand = Operand { factor, is_repetition: true };
        Ok(start)
    }

    /// Translates a group that begins with `(?`, followed by `after`, or flags for the rest of a group.
    fn group(&mut self, start: usize, after: &'p str) -> Result<(), String> {
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
            self.open("(");
            return Ok(());
        }
        self.reader.skip(1);
        // `regex` accepts each flag only once.
        let (mut on, mut off) = (BTreeSet::new(), None::<BTreeSet<char>>);
        while let Some((_, c)) = self.reader.next_char()? {
            match c {
                'i' | 'm' | 's' | 'U' => _ = off.as_mut().unwrap_or(&mut on).insert(c),
                '-' if off.is_none() => off = Some(BTreeSet::new()),
                ':' | ')' if off.as_ref().is_none_or(|off| !off.is_empty()) => {
                    self.set_flags(on, off.unwrap_or_default(), c == ':');
                    return Ok(());
                }
                _ => break,
            }
        }
        let end = self.reader.at();
        Err(parse_error("invalid or unsupported Perl syntax", &self.reader.pattern[start..end]))
    }

    /// Sets flags, for a new group or for the rest of this one.
    fn set_flags(&mut self, mut on: BTreeSet<char>, mut off: BTreeSet<char>, opens: bool) {
        let (turned_on, turned_off) = (on.remove(&'U'), off.remove(&'U'));
        let mut head = "(?".to_owned();
        head.extend(on.difference(&off));
        head.extend((!off.is_empty()).then_some('-').iter().chain(&off));
        if opens {
            self.open(&(head + ":"));
        } else if head.len() > 2 {
            self.flags.push_str(&(head + ")"));
        }
        self.is_lazy = !turned_off && (turned_on || self.is_lazy);
    }

    fn literal(&mut self, c: char) {
        self.begin(Some(Operand::SIMPLE));
        let mut buffer = [0; 4];
        self.out.push_str(&regex::escape(c.encode_utf8(&mut buffer)));
    }

    /// Translates an escape outside a class, whose backslash, at `start`, has been read.
    fn escape(&mut self, start: usize) -> Result<(), String> {
        let following = self.reader.following();
        if let Some(quoted) = following.strip_prefix('Q') {
            self.reader.skip(1);
            let quoted_start = self.reader.at();
            let length = quoted.find("\\E").unwrap_or(quoted.len());
            self.reader.check_utf8(quoted_start..quoted_start + length)?;
            // An empty quotation is not an operand.
            if length > 0 {
                self.begin(Some(Operand::SIMPLE));
                self.out.push_str(&regex::escape(&quoted[..length]));
            }
            self.reader.skip(length + if length < quoted.len() { 2 } else { 0 });
            return Ok(());
        }
        self.begin(Some(Operand::SIMPLE));
        let assertion = match following.chars().next() {
            Some('A') => "\\A",
            Some('z') => "\\z",
            Some('b') => "(?-u:\\b)",
            Some('B') => "(?-u:\\B)",
            _ if classes::escape(&mut self.reader, start, false, &mut self.out)? => return Ok(()),
            _ => {
                match char::from_u32(self.reader.escaped_code(start)?) {
                    Some(c) => self.literal(c),
                    // A surrogate, which no text contains.
                    None => self.out.push_str(NOTHING),
                }
                return Ok(());
            }
        };
        self.reader.skip(1);
        self.out.push_str(assertion);
        Ok(())
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
