//! Prints values as Go's `%#v` does, for Helm's messages about invalid keys.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::go::float::format_float;
use crate::go::strconv::quote_double;

use super::resolve::{Scalar, resolve};
use super::syntax::{Content, Document, NodeId, Style};

/// The maximum number of bytes printed for a value; Go has no limit.
const MAX_LENGTH: usize = 1000;

/// Returns a value in Go's syntax: `map[interface {}]interface {}{"x":interface {}(nil)}`.
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
                Scalar::Float(value) => out.write_str(&format_float(value)),
                Scalar::Text(text) => out.write_str(&quote_double(&text)),
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

/// Collects the entries of a mapping, with keys in Go's syntax, including those of merged maps.
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
