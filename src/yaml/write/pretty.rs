//! Writes values of Go types as go-yaml v3 does, without a conversion through JSON: bytes are numbers, and structs keep the
//! order of their fields.

use super::{Context, Dialect, Indent, MAX_SIMPLE_KEY, Writer};
use crate::yaml::order::{natural_order_v3, sort_by_key};
use crate::yaml::text::AllowedStyles;

/// A value of a Go type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoNode {
    /// A scalar that needs no quotes, such as a number or a time.
    Token(String),
    /// A string.
    Text(String),
    /// A string that is not UTF-8, in base64.
    Binary(String),
    /// A list.
    List(Vec<GoNode>),
    /// A map: for each entry the text to sort by, then the key, which is a scalar, and the value.
    Map(Vec<(String, (GoNode, GoNode))>),
    /// A struct with its fields in order.
    Struct(Vec<(String, GoNode)>),
}

/// Writes a Go value as Helm's `toYamlPretty` does.
///
/// ```
/// use mim_chart::yaml::{GoNode, write_go_pretty};
///
/// let time = GoNode::Token("2021-02-03T00:00:00Z".to_owned());
/// let map = GoNode::Struct(vec![("b".to_owned(), time), ("a".to_owned(), GoNode::List(vec![]))]);
/// assert_eq!(write_go_pretty(&map), "b: 2021-02-03T00:00:00Z\na: []");
/// ```
pub fn write_go_pretty(value: &GoNode) -> String {
    let mut writer = Writer::new(Dialect::V3);
    writer.go_node(value, None, Context::Root);
    writer.finish()
}

impl Writer {
    fn go_node(&mut self, value: &GoNode, indent: Indent, context: Context) {
        match value {
            GoNode::Token(text) => self.token(text),
            GoNode::Text(text) => self.string(text, indent, context),
            GoNode::Binary(text) => {
                self.token("!!binary");
                if text.contains('\n') {
                    self.literal(text, indent.map_or(2, |indent| indent + 2));
                } else {
                    self.token(text);
                }
            }
            GoNode::List(items) if items.is_empty() => self.token("[]"),
            GoNode::Map(entries) if entries.is_empty() => self.token("{}"),
            GoNode::Struct(fields) if fields.is_empty() => self.token("{}"),
            GoNode::List(items) => {
                let column = indent.map_or(0, |indent| indent + 2);
                for item in items {
                    self.indent(column);
                    self.indicator("-", true);
                    self.go_node(item, Some(column), Context::Item);
                }
            }
            GoNode::Map(entries) => {
                let entries = entries.iter().map(|(order, entry)| (order.as_str(), entry)).collect();
                for (_, (key, value)) in sort_by_key(entries, natural_order_v3) {
                    self.go_entry(key, value, indent);
                }
            }
            GoNode::Struct(fields) => {
                for (name, value) in fields {
                    self.go_entry(&GoNode::Text(name.clone()), value, indent);
                }
            }
        }
    }

    fn go_entry(&mut self, key: &GoNode, value: &GoNode, indent: Indent) {
        let column = indent.map_or(0, |indent| indent + 2);
        let is_simple = match key {
            GoNode::Text(text) | GoNode::Binary(text) => {
                text.len() <= MAX_SIMPLE_KEY && !AllowedStyles::for_text(text).multiline
            }
            _ => true,
        };
        self.key(column, is_simple, |writer, context| writer.go_node(key, Some(column), context));
        self.go_node(value, Some(column), Context::Entry);
    }
}
