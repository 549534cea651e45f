//! Values as Go's `%#v` prints them, which Helm's messages about keys do.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::go_float;
use super::resolve::{Scalar, resolve};
use super::syntax::{Content, Document, NodeId, Style};

/// How much is printed of one value; Go prints all.
const MAX_LENGTH: usize = 1000;

/// A value in Go's syntax: `map[interface {}]interface {}{"x":interface {}(nil)}`.
pub(super) fn go_syntax(document: &Document<'_>, id: NodeId) -> String {
    let mut out = String::new();
    write_value(document, id, true, &mut out);
    if out.len() > MAX_LENGTH {
        out.truncate(out.floor_char_boundary(MAX_LENGTH));
        out.push_str("...");
    }
    out
}

fn write_value(document: &Document<'_>, id: NodeId, top: bool, out: &mut String) {
    if out.len() > MAX_LENGTH {
        return;
    }
    let node = document.node(id);
    match &node.content {
        Content::Alias(target) => write_value(document, *target, top, out),
        Content::Scalar(text, style) => {
            let scalar = if node.tag.is_none() && *style != Style::Plain {
                Scalar::Text(Cow::Borrowed(text))
            } else {
                resolve(node.tag.as_deref(), Cow::Borrowed(text)).unwrap_or(Scalar::Null)
            };
            // Writing to a String cannot fail.
            let _ = match scalar {
                Scalar::Null if top => out.write_str("<nil>"),
                Scalar::Null => out.write_str("interface {}(nil)"),
                Scalar::Bool(value) => write!(out, "{value}"),
                Scalar::Int(value) => write!(out, "{value}"),
                Scalar::Unsigned(value) => write!(out, "{value:#x}"),
                Scalar::Float(value) => out.write_str(&go_float(value)),
                Scalar::Text(text) => write_quoted(&text, out),
            };
        }
        Content::Sequence(items) => {
            out.push_str("[]interface {}{");
            for (index, &item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_value(document, item, false, out);
            }
            out.push('}');
        }
        Content::Mapping(children) => {
            let mut pairs: Vec<(String, NodeId)> = Vec::with_capacity(children.len() / 2);
            collect_pairs(document, id, &mut pairs);
            pairs.sort();
            out.push_str("map[interface {}]interface {}{");
            for (index, (key, value)) in pairs.into_iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                let _ = write!(out, "{comma}{key}:");
                write_value(document, value, false, out);
            }
            out.push('}');
        }
    }
}

/// The entries of a mapping with their keys printed, those of merged maps among them.
fn collect_pairs(document: &Document<'_>, id: NodeId, pairs: &mut Vec<(String, NodeId)>) {
    match &document.node(id).content {
        Content::Alias(target) => collect_pairs(document, *target, pairs),
        Content::Sequence(items) => items.iter().rev().for_each(|&item| collect_pairs(document, item, pairs)),
        Content::Mapping(children) => {
            for pair in children.chunks_exact(2) {
                if pairs.len() * 4 > MAX_LENGTH {
                    return;
                }
                if document.node(pair[0]).is_merge_key() {
                    collect_pairs(document, pair[1], pairs);
                    continue;
                }
                let mut key = String::new();
                write_value(document, pair[0], false, &mut key);
                match pairs.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, value)) => *value = pair[1],
                    None => pairs.push((key, pair[1])),
                }
            }
        }
        Content::Scalar(..) => {}
    }
}

/// A string in Go's quotes.
fn write_quoted(text: &str, out: &mut String) -> std::fmt::Result {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\0'..='\x1f' | '\x7f' => write!(out, "\\x{:02x}", u32::from(character))?,
            character if character.is_control() || is_invisible(character) => {
                write!(out, "\\u{:04x}", u32::from(character))?;
            }
            character => out.push(character),
        }
    }
    out.push('"');
    Ok(())
}

/// Whether a character beyond ASCII shows nothing: white space and format characters.
fn is_invisible(character: char) -> bool {
    (character.is_whitespace() && character != ' ')
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
