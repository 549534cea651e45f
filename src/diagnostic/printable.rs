//! Makes untrusted text safe to print. Names, keys, values, paths and messages come from charts, manifests and arguments
//! that other people wrote, and end up on terminals and in the logs of CI systems.
//!
//! The following is escaped visibly:
//!
//! - control characters (C0, DEL, C1), as `\x1b` or `\u{9b}`: they move the cursor, change colors or set a window's title;
//! - invisible characters and those that change the direction of text, as `\u{202e}`: Unicode's default ignorable code
//!   points (bidirectional controls, zero-width characters, the byte order mark, tags) and the separators U+2028 and
//!   U+2029. Variation selectors are kept: they select a form of the character in front of them;
//! - commands of CI systems: `##[` and `##vso[` anywhere in a line (GitHub Actions, Azure Pipelines, TeamCity), as
//!   `##\x5b`, and `::name::` at the start of a line (GitHub Actions, which skips white space in front of it), as
//!   `\x3a:name::`.
//!
//! Backslashes are not escaped: the text is for people and is never read back.

use std::borrow::Cow;
use std::fmt::Write;

/// Makes a piece of text printable within a line: line breaks and tabs are escaped too.
///
/// ```
/// use mim_chart::diagnostic::printable;
///
/// assert_eq!(printable("web\n\x1b[2K::error::x"), r"web\n\x1b[2K::error::x");
/// assert_eq!(printable("user\u{202e}nimda"), r"user\u{202e}nimda");
/// assert_eq!(printable("größe 日本 ⚠️"), "größe 日本 ⚠️");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| !is_hidden(c) && c != '[') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    push_printable(&mut out, text);
    Cow::Owned(out)
}

/// Makes a line of text printable, keeping tabs.
pub fn printable_line(line: &str) -> Cow<'_, str> {
    if line.chars().all(|c| c == '\t' || !is_hidden(c) && c != '[') {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 16);
    push_line(&mut out, line, false);
    Cow::Owned(out)
}

/// Makes text of several lines printable, keeping line breaks and tabs; no line begins with a command for a CI system. A
/// carriage return before a line break is part of the line break.
///
/// ```
/// use mim_chart::diagnostic::printable_lines;
///
/// assert_eq!(printable_lines("one\r\n\ttwo\n  ::error::three\n"), "one\n\ttwo\n  \\x3a:error::three\n");
/// ```
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    lines(text, false)
}

/// Like [`printable_lines`], for text that is already colored: the sequences that change colors (`ESC [ … m`) are kept.
/// Untrusted text must be escaped before it is colored.
pub fn printable_styled_lines(text: &str) -> Cow<'_, str> {
    lines(text, true)
}

/// Makes JSON text printable without changing its meaning: escaped characters are written as `\u001b`.
///
/// ```
/// use mim_chart::diagnostic::printable_json;
///
/// assert_eq!(printable_json("{\"a\":\"\u{9b}31m ##[error]\"}\n"), "{\"a\":\"\\u009b31m ##\\u005berror]\"}\n");
/// ```
pub fn printable_json(json: &str) -> Cow<'_, str> {
    // Most text is plain ASCII, which is checked faster many bytes at a time.
    let is_plain = |byte: u8| (byte == b'\n') | byte.wrapping_sub(b' ').le(&(b'~' - b' '));
    let are_plain = |bytes: &[u8]| bytes.iter().fold(true, |all, byte| all & is_plain(*byte));
    let is_shown = json.as_bytes().chunks(256).all(are_plain) || json.chars().all(|c| !is_hidden(c) || c == '\n');
    if is_shown && memchr::memmem::find(json.as_bytes(), b"##").is_none() {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    let mut marker = Marker::default();
    for c in json.chars() {
        // A line break can only be between JSON's tokens, never in a string.
        if marker.ends_at(c) || is_hidden(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String can't fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a character is invisible or has an effect when printed.
pub fn is_hidden(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\0'..='\u{9f}' => true,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// Detects `##[` and `##name[` at the last character, so that the text in front needs no second pass.
#[derive(Debug, Default)]
struct Marker {
    hashes: usize,
    has_name: bool,
}

impl Marker {
    /// Consumes the next character. Returns whether it ends such a marker.
    fn ends_at(&mut self, c: char) -> bool {
        let is_open = self.hashes >= 2;
        match c {
            '#' if self.has_name => *self = Marker { hashes: 1, has_name: false },
            '#' => self.hashes += 1,
            'a'..='z' | 'A'..='Z' if is_open => self.has_name = true,
            _ => *self = Marker::default(),
        }
        is_open && c == '['
    }
}

fn push_printable(out: &mut String, text: &str) {
    let mut marker = Marker::default();
    for c in text.chars() {
        if marker.ends_at(c) || is_hidden(c) {
            push_escaped(out, c);
        } else {
            out.push(c);
        }
    }
}

fn push_escaped(out: &mut String, c: char) {
    // Writing to a String can't fail.
    let _ = match c {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        c if c.is_ascii() => write!(out, "\\x{:02x}", u32::from(c)),
        c => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
}

fn lines(text: &str, styled: bool) -> Cow<'_, str> {
    let needs_nothing = |c: char| matches!(c, '\n' | '\t') || !is_hidden(c) && c != '[';
    if text.chars().all(needs_nothing) && !text.contains("::") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line.strip_suffix('\r').unwrap_or(line), "\n"),
            None => (line, ""),
        };
        let command = unstyled_start(line, styled);
        // `:::` precedes the second excerpt of a diagnostic and does not begin a command.
        let is_command = |rest: &str| !rest.starts_with(':') && rest.contains("::");
        let line = if command.strip_prefix("::").is_some_and(is_command) {
            push_line(&mut out, &line[..line.len() - command.len()], styled);
            out.push_str("\\x3a");
            &command[1..]
        } else {
            line
        };
        push_line(&mut out, line, styled);
        out.push_str(end);
    }
    Cow::Owned(out)
}

/// Returns a line without the white space and style sequences at its start, where CI systems look for a command.
fn unstyled_start(line: &str, styled: bool) -> &str {
    let mut rest = line.trim_start();
    while styled && style_length(rest) > 0 {
        rest = rest[style_length(rest)..].trim_start();
    }
    rest
}

fn push_line(out: &mut String, mut line: &str, styled: bool) {
    loop {
        let end = line.find(|c| c == '\t' || styled && c == '\x1b').unwrap_or(line.len());
        push_printable(out, &line[..end]);
        line = &line[end..];
        let Some(c) = line.chars().next() else { return };
        let kept = if c == '\t' { 1 } else { style_length(line) };
        out.push_str(&line[..kept]);
        if kept == 0 {
            push_escaped(out, c);
        }
        line = &line[kept.max(1)..];
    }
}

/// Returns the length of the style sequence at the start of a text; 0 if there is none.
fn style_length(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\x1b[") else { return 0 };
    let numbers = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    if rest[numbers..].starts_with('m') { 2 + numbers + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_style_cannot_hide_a_terminal_command() {
        let styled = "  \x1b[31m ::error::x\x1b[0m\n\x1b[1m::: a.yaml\x1b[0m\n";
        assert_eq!(printable_styled_lines(styled), styled.replace("::error", "\\x3a:error"));
    }

    #[test]
    fn invisible_characters_are_shown_by_their_number() {
        assert_eq!(printable("a\0\x07\x1b]0;t\x07\x7f\u{85}\u{9b}"), r"a\x00\x07\x1b]0;t\x07\x7f\u{85}\u{9b}");
        assert_eq!(printable("\r\n\t\u{2028}\u{2029}"), r"\r\n\t\u{2028}\u{2029}");
        assert_eq!(printable("\u{feff}\u{200b}\u{200d}\u{ad}\u{e0041}"), r"\u{feff}\u{200b}\u{200d}\u{ad}\u{e0041}");
        for c in ['\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
            assert_eq!(printable(&c.to_string()), format!("\\u{{{:x}}}", u32::from(c)));
        }
        assert!(matches!(printable("größe ⚠️ \\ \"日本\""), Cow::Borrowed(_)));
    }

    #[test]
    fn ci_commands_are_escaped() {
        assert_eq!(printable("x ##[error]y ##vso[task.x]z"), r"x ##\x5berror]y ##vso\x5btask.x]z");
        assert_eq!(printable("### [a] #[b] ##a#[c] a[d]"), "### [a] #[b] ##a#[c] a[d]");
        assert_eq!(
            printable_lines("::error::x\n \t\u{3000}::error file=a::x"),
            "\\x3a:error::x\n \t\u{3000}\\x3a:error file=a::x"
        );
        assert_eq!(printable_lines("::1 localhost\na ::error::x\n"), "::1 localhost\na ::error::x\n");
        assert_eq!(printable_lines("a\r::error::x\r\nb\n"), "a\\r::error::x\nb\n");
        // GitHub's runner treats these as white space.
        assert_eq!(printable_lines("\u{85}\u{2028}::error::x"), r"\u{85}\u{2028}\x3a:error::x");
    }

    #[test]
    fn only_colours_stay_in_styled_text() {
        let text = "\x1b[1m\x1b[31;1merror\x1b[0m \x1b[2K\x1b]8;;x\x1b\\ \x1b";
        assert_eq!(printable_styled_lines(text), "\x1b[1m\x1b[31;1merror\x1b[0m \\x1b[2K\\x1b]8;;x\\x1b\\ \\x1b");
        assert_eq!(printable_lines("\x1b[1mx\ty"), "\\x1b[1mx\ty");
    }

    fn is_a_command(line: &str) -> bool {
        let line = line.trim_start();
        line.strip_prefix("::").is_some_and(|rest| !rest.starts_with(':') && rest.contains("::"))
            || line.contains("##[")
    }

    proptest! {
        #[test]
        fn escaping_is_complete_and_idempotent(text in "(\\PC|[\\x00-\\x1f:#\\[\u{9b}\u{202e}\u{e0041}]){0,40}") {
            let piece = printable(&text).into_owned();
            prop_assert!(!piece.contains(is_hidden) && !piece.contains("##["), "{piece:?}");
            prop_assert_eq!(printable(&piece), piece.as_str());
            let lines = printable_lines(&text).into_owned();
            prop_assert!(!lines.contains(|c| is_hidden(c) && c != '\n' && c != '\t'), "{lines:?}");
            prop_assert!(!lines.lines().any(is_a_command), "{lines:?}");
            prop_assert_eq!(printable_lines(&lines), lines.as_str());
        }

        #[test]
        fn escaped_json_keeps_its_meaning(text in any::<String>()) {
            let json = serde_json::to_string(&format!("##[{text}\u{9b}\u{e0041}")).unwrap();
            let shown = printable_json(&json);
            prop_assert!(!shown.contains(is_hidden) && !shown.contains("##["));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), serde_json::from_str::<String>(&json).unwrap());
        }
    }
}
