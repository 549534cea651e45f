//! Writes values as YAML: as go-yaml v2 does, or as v3 does for the pretty form.

mod pretty;

use std::borrow::Cow;
use std::fmt;

use super::node::Map;
use super::node::Node;
use super::node::Value;
use super::order::{natural_order, natural_order_v3, sort_by_key};
use super::resolve::{is_plain_string, is_v3_octal};
use super::syntax::{Content, Document, forbidden_character};
use super::text::{AllowedStyles, is_base60, is_break, is_printable};
use crate::go::float::{format_float, format_json_float};
use crate::go::json::push_escaped;

pub use pretty::{GoNode, write_go_pretty};

/// The column after which a line is folded at the next space.
const WIDTH: usize = 80;
/// The longest key, in bytes, that is written on one line with its colon; longer ones follow a `?`.
pub const MAX_SIMPLE_KEY: usize = 128;

/// Why a value cannot be written as YAML. `toYaml` then returns the empty string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteError {
    /// go-yaml's message.
    pub message: String,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WriteError {}

/// Writes a value as Helm's `toYaml` does: keys in natural order, strings quoted if they would otherwise be read as another
/// type, long text folded, no line break at the end.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::yaml::{read_document, write};
///
/// let node = read_document(&Source::file("x", "{b: [1, 'yes'], a: 'x: y', c: \"1\\n2\\n\"}")).unwrap();
/// assert_eq!(write(&node.value).unwrap(), "a: 'x: y'\nb:\n- 1\n- \"yes\"\nc: |\n  1\n  2");
/// ```
///
/// # Errors
/// Strings that do not survive Helm's conversion through JSON and YAML: control characters between 0x7f and 0x9f, the
/// characters U+FFFE and U+FFFF, and keys of more than 1022 characters.
pub fn write(value: &Value) -> Result<String, WriteError> {
    let mut writer = Writer::new(Dialect::V2);
    writer.node(value, None, Context::Root)?;
    Ok(writer.finish())
}

/// Writes a value as Helm's `toYamlPretty` does: list items are indented below their key, nothing is folded, numbers are
/// formatted like Go floats (`1e+06`), and nothing is rejected.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::yaml::{read_document, write_pretty};
///
/// let node = read_document(&Source::file("x", "a: [1000000, {b: c}]")).unwrap();
/// assert_eq!(write_pretty(&node.value), "a:\n  - 1e+06\n  - b: c");
/// ```
pub fn write_pretty(value: &Value) -> String {
    let mut writer = Writer::new(Dialect::V3);
    // Only the conversion through JSON, which the pretty form skips, rejects values.
    let refused = writer.node(value, None, Context::Root);
    debug_assert!(refused.is_ok());
    writer.finish()
}

/// The two versions of go-yaml with which Helm writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// For `toYaml`, which converts to JSON first.
    V2,
    V3,
}

/// The position of a node in the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Root,
    Item,
    /// A key on the same line as its colon.
    SimpleKey,
    /// A value, or a key after `?`.
    Entry,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

/// The column of the innermost collection's entries; `None` outside of any collection.
type Indent = Option<usize>;

struct Writer {
    dialect: Dialect,
    out: String,
    /// The current column, in characters.
    column: usize,
    /// Whether the last character separates the next token from it, so that no space is needed.
    whitespace: bool,
    /// Whether the line so far contains only indentation and the indicators `-`, `?`, `:`.
    indention: bool,
}

impl Writer {
    fn new(dialect: Dialect) -> Self {
        Writer { dialect, out: String::new(), column: 0, whitespace: true, indention: true }
    }

    /// Returns the text, without its final line break.
    fn finish(mut self) -> String {
        if self.column == 0 && self.out.ends_with('\n') {
            self.out.pop();
        }
        self.out
    }

    fn node(&mut self, value: &Value, indent: Indent, context: Context) -> Result<(), WriteError> {
        match value {
            Value::Null => self.token("null"),
            Value::Bool(value) => self.token(if *value { "true" } else { "false" }),
            Value::Int(value) => self.token(&value.to_string()),
            Value::Float(value) if self.dialect == Dialect::V3 => self.token(&format_float(*value)),
            Value::Float(value) => self.token(&yaml_float(*value)),
            Value::String(text) if self.dialect == Dialect::V3 => self.string(text, indent, context),
            Value::String(text) => self.string(&readable(text)?, indent, context),
            Value::List(items) if items.is_empty() => self.token("[]"),
            Value::Map(map) if map.is_empty() => self.token("{}"),
            Value::List(items) => return self.list(items, indent, context),
            Value::Map(map) => return self.map(map, indent),
        }
        Ok(())
    }

    fn list(&mut self, items: &[Node], indent: Indent, context: Context) -> Result<(), WriteError> {
        // Under a key, the dashes are in the key's own column.
        let indentless = self.dialect == Dialect::V2 && context == Context::Entry && !self.indention;
        let column = indent.map_or(0, |indent| if indentless { indent } else { indent + 2 });
        for item in items {
            self.indent(column);
            self.indicator("-", true);
            self.node(&item.value, Some(column), Context::Item)?;
        }
        Ok(())
    }

    fn map(&mut self, map: &Map, indent: Indent) -> Result<(), WriteError> {
        let column = indent.map_or(0, |indent| indent + 2);
        let order = if self.dialect == Dialect::V2 { natural_order } else { natural_order_v3 };
        for (key, node) in sort_by_key(map.iter().collect(), order) {
            if self.dialect == Dialect::V2 {
                check_key(key)?;
            }
            let is_simple = key.len() <= MAX_SIMPLE_KEY && !AllowedStyles::for_text(key).multiline;
            self.key(column, is_simple, |writer, context| writer.string(key, Some(column), context));
            self.node(&node.value, Some(column), Context::Entry)?;
        }
        Ok(())
    }

    /// Writes a key with `write`, and the colon after it.
    fn key(&mut self, column: usize, is_simple: bool, write: impl FnOnce(&mut Self, Context)) {
        self.indent(column);
        if is_simple {
            write(self, Context::SimpleKey);
            self.put(":");
            self.whitespace = false;
            self.indention = false;
        } else {
            self.indicator("?", true);
            write(self, Context::Entry);
            self.indent(column);
            self.indicator(":", true);
        }
    }

    fn string(&mut self, text: &str, indent: Indent, context: Context) {
        let mut traits = AllowedStyles::for_text(text);
        if self.dialect == Dialect::V3 {
            traits.block_allowed = traits.block_allowed_with_tabs;
        }
        let indent = indent.map_or(2, |indent| indent + 2);
        let fold = self.dialect == Dialect::V2 && context != Context::SimpleKey;
        match style(text, &traits, context, self.dialect) {
            Style::Plain => self.plain(text, indent, fold),
            Style::Single => self.single_quoted(text, indent, fold),
            Style::Double => self.double_quoted(text, indent, fold),
            Style::Literal => self.literal(text, indent),
        }
    }

    fn plain(&mut self, text: &str, indent: usize, fold: bool) {
        self.separate();
        self.write_folded(text, indent, fold, false);
    }

    fn single_quoted(&mut self, text: &str, indent: usize, fold: bool) {
        self.separate();
        self.put("'");
        self.write_folded(text, indent, fold, true);
        self.put("'");
    }

    /// Writes text, folded at single spaces beyond the width. Quoted text is not folded at its first or last character.
    fn write_folded(&mut self, text: &str, indent: usize, fold: bool, quoted: bool) {
        let bytes = text.as_bytes();
        let (mut after_space, mut after_break) = (false, false);
        for (at, character) in text.char_indices() {
            if character == ' ' {
                let at_end = quoted && (at == 0 || at == bytes.len() - 1);
                let alone = !after_space && bytes.get(at + 1) != Some(&b' ');
                if fold && alone && !at_end && self.column > WIDTH {
                    self.indent(indent);
                } else {
                    self.put(" ");
                }
                after_space = true;
            } else if is_break(character) {
                // A line break of YAML 1.1. As in go-yaml, the indentation after it becomes part of the text when
                // it is read back.
                self.out.push(character);
                self.column = 0;
                self.indention = true;
                after_break = true;
                after_space = false;
            } else {
                if after_break {
                    self.indent(indent);
                    after_break = false;
                }
                self.put_character(character);
                if quoted && character == '\'' {
                    self.put("'");
                }
                self.indention = false;
                after_space = false;
            }
        }
        self.whitespace = false;
        self.indention = false;
    }

    fn double_quoted(&mut self, text: &str, indent: usize, fold: bool) {
        self.separate();
        self.put("\"");
        self.whitespace = false;
        self.indention = false;
        // go-yaml always checks the start of the text for a byte order mark, whichever character it is about to write.
        let escape_all = text.starts_with('\u{feff}');
        let mut after_space = false;
        for (at, character) in text.char_indices() {
            if character == ' ' && !escape_all {
                if fold && !after_space && self.column > WIDTH && at > 0 && at < text.len() - 1 {
                    self.indent(indent);
                    if text.as_bytes().get(at + 1) == Some(&b' ') {
                        self.put("\\");
                    }
                } else {
                    self.put(" ");
                }
                after_space = true;
            } else {
                match escape(character, escape_all) {
                    Some(escape) => self.put(&escape),
                    None => self.put_character(character),
                }
                after_space = false;
            }
        }
        self.put("\"");
        self.whitespace = false;
        self.indention = false;
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.separate();
        self.put("|");
        if text.starts_with(|first| first == ' ' || is_break(first)) {
            self.put("2");
        }
        let mut from_end = text.chars().rev().map(is_break);
        match (from_end.next(), from_end.next()) {
            (Some(true), None | Some(true)) => self.put("+"),
            (Some(true), Some(false)) => {}
            _ => self.put("-"),
        }
        self.line_break();
        self.indention = true;
        self.whitespace = true;
        let mut at_start = true;
        for character in text.chars() {
            if is_break(character) {
                if character == '\n' {
                    self.line_break();
                } else {
                    self.out.push(character);
                    self.column = 0;
                }
                self.indention = true;
                at_start = true;
            } else {
                if at_start {
                    self.indent(indent);
                }
                self.put_character(character);
                self.indention = false;
                at_start = false;
            }
        }
    }

    /// Writes a scalar that needs no quotes and is never folded.
    fn token(&mut self, text: &str) {
        self.separate();
        self.put(text);
        self.whitespace = false;
        self.indention = false;
    }

    fn separate(&mut self) {
        if !self.whitespace {
            self.put(" ");
        }
    }

    fn indicator(&mut self, text: &str, keeps_indention: bool) {
        self.separate();
        self.put(text);
        self.whitespace = false;
        self.indention &= keeps_indention;
    }

    /// Advances to a column, on a new line if the current one already has content there.
    fn indent(&mut self, column: usize) {
        if !self.indention || self.column > column || (self.column == column && !self.whitespace) {
            self.line_break();
        }
        while self.column < column {
            self.put(" ");
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.len();
    }

    fn put_character(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }
}

fn style(text: &str, traits: &AllowedStyles, context: Context, dialect: Dialect) -> Style {
    let wanted = if text.contains('\n') {
        Style::Literal
    } else if is_plain_string(text) && !is_base60(text) && !(dialect == Dialect::V3 && is_v3_octal(text)) {
        Style::Plain
    } else {
        Style::Double
    };
    match wanted {
        Style::Plain if traits.plain_allowed => Style::Plain,
        Style::Plain if traits.single_allowed => Style::Single,
        Style::Literal if traits.block_allowed && context != Context::SimpleKey => Style::Literal,
        _ => Style::Double,
    }
}

/// Returns the escape for a character in double quotes, if it needs one or `always` is set.
fn escape(character: char, always: bool) -> Option<Cow<'static, str>> {
    let code = u32::from(character);
    let printable = is_printable(character) && character != '\n';
    Some(Cow::Borrowed(match character {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        _ if printable && !always => return None,
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '\u{1b}' => "\\e",
        '\u{85}' => "\\N",
        '\u{a0}' => "\\_",
        _ => {
            return Some(Cow::Owned(match code {
                0..=0xFF => format!("\\x{code:02X}"),
                0x100..=0xFFFF => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            }));
        }
    }))
}

/// Formats a float as `toYaml` does: all digits for a whole number that fits in 64 bits.
fn yaml_float(value: f64) -> String {
    let json = format_json_float(value);
    let whole = !json.contains(['.', 'e', 'E']);
    match whole {
        true if json == "-0" => "0".to_owned(),
        true if json.parse::<i64>().is_ok() || json.parse::<u64>().is_ok() => json,
        _ => format_float(value),
    }
}

/// Returns text as it survives `toYaml`'s conversion to JSON, which Helm reads back as YAML: there a NEL (U+0085) is a line
/// break and is folded.
fn readable(text: &str) -> Result<Cow<'_, str>, WriteError> {
    if text.is_ascii() && !text.contains('\x7f') {
        return Ok(Cow::Borrowed(text));
    }
    // JSON escapes control characters below 0x20, so they are accepted.
    if text
        .char_indices()
        .any(|(at, character)| character >= ' ' && forbidden_character(&text[at..at + character.len_utf8()]).is_some())
    {
        return Err(WriteError { message: "yaml: control characters are not allowed".to_owned() });
    }
    if !text.contains('\u{85}') {
        return Ok(Cow::Borrowed(text));
    }
    let mut json = String::from("\"");
    for character in text.chars() {
        push_escaped(&mut json, character, false);
    }
    json.push('"');
    let document =
        Document::parse(&json).map_err(|fault| WriteError { message: format!("yaml: {}", fault.problem) })?;
    match document.root.map(|root| &document.node(root).content) {
        Some(Content::Scalar(text, _)) => Ok(Cow::Owned(text.clone().into_owned())),
        _ => Ok(Cow::Borrowed(text)),
    }
}

/// Rejects keys that the JSON, read back as YAML, would no longer have as keys.
fn check_key(key: &str) -> Result<(), WriteError> {
    if key.len() < 170 && key.is_ascii() && !key.contains('\x7f') {
        return Ok(());
    }
    readable(key)?;
    let length: usize = key
        .chars()
        .map(|character| match character {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
            _ => 1,
        })
        .sum();
    if length + 2 > 1024 || key.contains('\u{85}') {
        return Err(WriteError { message: "yaml: did not find expected ',' or '}'".to_owned() });
    }
    Ok(())
}
