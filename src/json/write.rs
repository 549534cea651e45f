//! Writes values as JSON, like Go's `encoding/json`.

use crate::go::float::format_json_float;
use crate::go::json::push_escaped;
use crate::yaml::Value;

/// Writes a value as Helm's `toJson` does: compact, with keys in byte order, and with `<`, `>` and `&` escaped for HTML.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::{json, yaml};
///
/// let node = yaml::read_document(&Source::file("x", "{b: [1, null], a: <x>}")).unwrap();
/// assert_eq!(json::write(&node.value), r#"{"a":"\u003cx\u003e","b":[1,null]}"#);
/// ```
pub fn write(value: &Value) -> String {
    written(value, true, None)
}

/// Returns a scalar as text: a string as it is, anything else as JSON. `None` for null, lists and maps.
pub fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => Some(write(value)),
        Value::Null | Value::Map(_) | Value::List(_) => None,
    }
}

/// Writes a value as sprig's `toRawJson` does: like [`write()`], but with `<`, `>` and `&` unescaped.
pub fn write_raw(value: &Value) -> String {
    written(value, false, None)
}

/// Writes a value as sprig's `toPrettyJson` does: like [`write()`], but with one entry per line, indented by two spaces.
pub fn write_pretty(value: &Value) -> String {
    written(value, true, Some(0))
}

fn written(value: &Value, html: bool, depth: Option<usize>) -> String {
    let mut writer = Writer { out: String::new(), html, depth, is_first: true };
    write_value(value, &mut writer);
    writer.out
}

fn write_value(value: &Value, out: &mut Writer) {
    match value {
        Value::Null => out.null(),
        Value::Bool(value) => out.bool(*value),
        Value::Int(number) => out.int((*number).into()),
        Value::Float(number) => out.float(*number),
        Value::String(text) => out.string(text),
        Value::List(items) => {
            out.open('[');
            for item in items {
                out.entry();
                write_value(&item.value, out);
            }
            out.close(']');
        }
        Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            out.open('{');
            for (key, node) in entries {
                out.key(key.as_bytes());
                write_value(&node.value, out);
            }
            out.close('}');
        }
    }
}

/// Whether a byte is a character that no style escapes.
fn is_plain(byte: u8) -> bool {
    // Without branches, so that the compiler can check many bytes at once.
    let special = (byte == b'"') | (byte == b'\\') | (byte == b'<') | (byte == b'>') | (byte == b'&');
    (b' '..0x80).contains(&byte) & !special
}

/// The style of JSON output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// On one line, with `<`, `>` and `&` escaped for HTML.
    Compact,
    /// On one line, with `<`, `>` and `&` unescaped.
    Raw,
    /// One entry per line, indented by two spaces; otherwise like [`Style::Compact`].
    Pretty,
}

/// A writer of JSON text. The caller is responsible for the grammar: a value after each [`entry`](Writer::entry) and each
/// [`key`](Writer::key).
#[derive(Debug)]
pub struct Writer {
    out: String,
    html: bool,
    /// The number of open lists and maps in pretty style; `None` in the others.
    depth: Option<usize>,
    is_first: bool,
}

impl Writer {
    /// Creates an empty writer.
    pub fn new(style: Style) -> Writer {
        let depth = if style == Style::Pretty { Some(0) } else { None };
        Writer { out: String::new(), html: style != Style::Raw, depth, is_first: true }
    }

    /// Writes any value.
    pub fn value(&mut self, value: &Value) {
        write_value(value, self);
    }

    /// Appends a value that is already JSON text.
    pub fn json(&mut self, json: &str) {
        self.out.push_str(json);
    }

    /// Returns the number of bytes written so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Returns the text.
    pub fn finish(self) -> String {
        self.out
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.out.push_str("null");
    }

    /// Writes `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.out.push_str(if value { "true" } else { "false" });
    }

    /// Writes an integer.
    pub fn int(&mut self, number: i128) {
        // Most integers are small and not negative: those have a fast path.
        match u64::try_from(number) {
            Ok(number) => self.out.push_str(itoa::Buffer::new().format(number)),
            Err(_) => self.out.push_str(&number.to_string()),
        }
    }

    /// Writes a float, which must be finite.
    pub fn float(&mut self, number: f64) {
        self.out.push_str(&format_json_float(number));
    }

    /// Writes `[` or `{`.
    pub fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth = self.depth.map(|depth| depth + 1);
        self.is_first = true;
    }

    /// Starts an item of a list, whose value must be written next.
    pub fn entry(&mut self) {
        if !self.is_first {
            self.out.push(',');
        }
        self.is_first = false;
        self.new_line();
    }

    /// Writes a key of a map, whose value must be written next.
    pub fn key(&mut self, key: &[u8]) {
        self.entry();
        self.text(key);
        self.out.push_str(if self.depth.is_some() { ": " } else { ":" });
    }

    /// Like [`Writer::key`], for a key that needs no escapes.
    pub fn field(&mut self, name: &'static str) {
        self.entry();
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str(if self.depth.is_some() { "\": " } else { "\":" });
    }

    /// Writes `]` or `}`.
    pub fn close(&mut self, bracket: char) {
        self.depth = self.depth.map(|depth| depth.saturating_sub(1));
        if !self.is_first {
            self.new_line();
        }
        self.is_first = false;
        self.out.push(bracket);
    }

    fn new_line(&mut self) {
        if let Some(depth) = self.depth {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", depth));
        }
    }

    /// Writes a string, escaped as in Go; bytes that are not UTF-8 become the escape of U+FFFD.
    pub fn text(&mut self, text: &[u8]) {
        if let Ok(text) = str::from_utf8(text) {
            return self.string(text);
        }
        self.out.push('"');
        for chunk in text.utf8_chunks() {
            self.characters(chunk.valid());
            for _ in chunk.invalid() {
                self.out.push_str("\\ufffd");
            }
        }
        self.out.push('"');
    }

    /// Like [`Writer::text`], for text that is known to be UTF-8.
    pub fn string(&mut self, text: &str) {
        self.out.reserve(text.len() + 2);
        self.out.push('"');
        self.characters(text);
        self.out.push('"');
    }

    fn characters(&mut self, mut text: &str) {
        if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
            self.out.push_str(text);
            return;
        }
        while let Some(at) = text.bytes().position(|byte| !is_plain(byte)) {
            let (plain, rest) = text.split_at(at);
            self.out.push_str(plain);
            let mut characters = rest.chars();
            if let Some(character) = characters.next() {
                push_escaped(&mut self.out, character, self.html);
            }
            text = characters.as_str();
        }
        self.out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(style: Style, write: impl FnOnce(&mut Writer)) -> String {
        let mut writer = Writer::new(style);
        write(&mut writer);
        writer.finish()
    }

    #[test]
    fn a_string_is_escaped_as_go_escapes_it() {
        let text = "plain ~\u{7f} é€😀 <&> \"\\ \u{1}\n \u{2028}\u{2029}";
        let escaped = "\"plain ~\u{7f} é€😀 \\u003c\\u0026\\u003e \\\"\\\\ \\u0001\\n \\u2028\\u2029\"";
        assert_eq!(written(Style::Compact, |out| out.text(text.as_bytes())), escaped);
        let raw = "\"plain ~\u{7f} é€😀 <&> \\\"\\\\ \\u0001\\n \\u2028\\u2029\"";
        assert_eq!(written(Style::Raw, |out| out.text(text.as_bytes())), raw);
        assert_eq!(written(Style::Raw, |out| out.text(b"a<\xe2\x80 \xff")), "\"a<\\ufffd\\ufffd \\ufffd\"");
    }

    #[test]
    fn a_whole_number_is_written_with_all_its_digits() {
        for number in [0, 7, 10, 1_234_567, -1, i128::from(u64::MAX), i128::from(u64::MAX) + 1, i128::MIN] {
            assert_eq!(written(Style::Compact, |out| out.int(number)), number.to_string());
        }
    }

    #[test]
    fn a_field_is_written_like_a_key() {
        for style in [Style::Compact, Style::Raw, Style::Pretty] {
            let with = |put: fn(&mut Writer)| {
                written(style, |out| {
                    out.open('{');
                    for _ in 0..2 {
                        put(out);
                        out.null();
                    }
                    out.close('}');
                })
            };
            assert_eq!(with(|out| out.field("name")), with(|out| out.key(b"name")));
        }
    }
}
