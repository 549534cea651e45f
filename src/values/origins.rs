//! Writes values as YAML with a comment on each line that names the origin of the value.

use std::fmt::Write;

use super::layers::ReplacedList;
use crate::diagnostic::Span;
use crate::yaml::Map;
use crate::yaml::Node;
use crate::yaml::Value;
use crate::yaml::{self, MAX_SIMPLE_KEY, WriteError, natural_order};

/// Writes values as YAML, in the usual order and form, with a comment on each line that begins a value:
/// `replicaCount: 3 # --set replicaCount=3`. A list that replaces another also names that one. The text reads back as
/// the same values.
///
/// # Errors
/// A string that YAML cannot represent.
pub fn write_with_origins(values: &Map, replaced: &[ReplacedList]) -> Result<String, WriteError> {
    let mut out = String::new();
    if values.is_empty() {
        return Ok("{}\n".to_owned());
    }
    Origins { replaced }.write_map(values, 0, "", &mut out)?;
    Ok(out)
}

/// The information about origins that is not in the values themselves.
struct Origins<'r> {
    replaced: &'r [ReplacedList],
}

impl Origins<'_> {
    /// Writes the entries of a map. `first` is written in front of the first entry (`- ` in a list), the other
    /// entries are indented.
    fn write_map(&self, map: &Map, indent: usize, first: &str, out: &mut String) -> Result<(), WriteError> {
        let mut entries: Vec<_> = map.iter().collect();
        entries.sort_by(|(a, _), (b, _)| natural_order(a, b));
        for (index, (key, node)) in entries.into_iter().enumerate() {
            if index == 0 && !first.is_empty() {
                out.push_str(first);
            } else {
                out.extend(std::iter::repeat_n(' ', indent));
            }
            self.write_entry(key, node, indent, out)?;
        }
        Ok(())
    }

    fn write_entry(&self, key: &str, node: &Node, indent: usize, out: &mut String) -> Result<(), WriteError> {
        match &node.value {
            Value::Map(map) if !map.is_empty() && is_simple(key)? => {
                push_line(out, &format!("{}:", scalar(&Value::String(key.to_owned()))?), &node.span);
                self.write_map(map, indent + 2, "", out)
            }
            Value::List(items) if !items.is_empty() && is_simple(key)? => {
                let key = scalar(&Value::String(key.to_owned()))?;
                match self.replaced.iter().rfind(|replaced| replaced.list == node.span) {
                    // The place in a file is a single printable line.
                    Some(ReplacedList { replaced, list, .. }) => {
                        let _ = writeln!(out, "{key}: # {list}, replaces the list at {replaced}");
                    }
                    None => push_line(out, &format!("{key}:"), &node.span),
                }
                self.write_list(items, indent, "", out)
            }
            _ => {
                let mut single = Map::new();
                single.insert(key, Span::generated(), node.clone());
                let before = format!("{}: ", scalar(&Value::String(key.to_owned()))?);
                push_block(out, &yaml::write(&Value::Map(single))?, &before, indent, &node.span);
                Ok(())
            }
        }
    }

    /// Writes the items of a list, in the column of their key.
    fn write_list(&self, items: &[Node], indent: usize, first: &str, out: &mut String) -> Result<(), WriteError> {
        for (index, item) in items.iter().enumerate() {
            let lead = if index == 0 && !first.is_empty() { first.to_owned() } else { " ".repeat(indent) };
            match &item.value {
                Value::Map(map) if !map.is_empty() => self.write_map(map, indent + 2, &format!("{lead}- "), out)?,
                Value::List(inner) if !inner.is_empty() => {
                    self.write_list(inner, indent + 2, &format!("{lead}- "), out)?
                }
                _ => {
                    out.push_str(&lead);
                    let text = yaml::write(&Value::List(vec![item.clone()]))?;
                    push_block(out, &text, "- ", indent, &item.span);
                }
            }
        }
        Ok(())
    }
}

/// Whether a key is written on one line with its colon.
fn is_simple(key: &str) -> Result<bool, WriteError> {
    let text = scalar(&Value::String(key.to_owned()))?;
    Ok(!text.contains('\n') && !text.starts_with(['|', '>']) && key.len() <= MAX_SIMPLE_KEY)
}

fn scalar(value: &Value) -> Result<String, WriteError> {
    yaml::write(value)
}

/// Writes text whose first line is already indented. The comment goes on the first line, if YAML allows one there. `before`
/// is the part of that line in front of the value.
fn push_block(out: &mut String, text: &str, before: &str, indent: usize, span: &Span) {
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    // A comment may follow the indicator of a block scalar; inside any other scalar that continues, it would be
    // part of the text.
    let opens_block = first.strip_prefix(before).is_some_and(|value| value.starts_with(['|', '>']));
    let single = !text.contains('\n');
    if single || opens_block {
        push_line(out, first, span);
    } else {
        out.push_str(first);
        out.push('\n');
    }
    for line in lines {
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        out.push_str(line);
        out.push('\n');
    }
}

fn push_line(out: &mut String, text: &str, span: &Span) {
    if span.source().is_none() {
        out.push_str(text);
        out.push('\n');
        return;
    }
    // Writing to a String cannot fail. A place is a single line without control characters, which YAML forbids in comments too.
    let _ = writeln!(out, "{text} # {span}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn every_value_names_its_origin() {
        let text = "a: 1\nb:\n  c: [x, {d: 1, e: []}, [1, 2]]\ntext: |\n  one\n  two\nempty: {}\n";
        let mut values = yaml::read_values(&Source::file("values.yaml", text)).unwrap();
        let flag = Source::flag("--set", "a=3");
        values.insert("a", flag.span(0..1), Node::new(Value::Int(3), flag.span(2..3)));
        insta::assert_snapshot!(write_with_origins(&values, &[]).unwrap());
    }

    #[test]
    fn block_indicators_within_text_are_text() {
        for sign in ["|", ">-", "|2"] {
            let mut values = Map::new();
            let text = format!("{} {sign} bbb \n c", "a".repeat(76 - sign.len()));
            let span = Source::flag("--set", "x=y").span(2..3);
            values.insert("md", Span::generated(), Node::new(Value::String(text.clone()), span.clone()));
            let items = vec![Node::new(Value::String(text), span)];
            values.insert("list", Span::generated(), Node::generated(Value::List(items)));
            let written = write_with_origins(&values, &[]).unwrap();
            let read = yaml::read_values(&Source::file("x", written.as_str())).unwrap();
            assert_eq!(read, values, "{written}");
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-9i64..9).prop_map(|n| Value::Float(n as f64)),
            "[a-z #:|>\\n-]{0,12}".prop_map(Value::String),
            "[a-z ]{60,120}".prop_map(Value::String),
            "[a-z|>\"'\\\\\n\t:# -]{60,160}".prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let node = inner.prop_map(|value| Node::new(value, Source::flag("--set", "x\ny").span(0..1)));
            prop_oneof![
                prop::collection::vec(node.clone(), 0..4).prop_map(Value::List),
                prop::collection::vec(("[a-z :#|-]{0,6}|[a-z| ]{120,130}", node), 0..4).prop_map(|entries| {
                    let mut map = Map::new();
                    for (key, node) in entries {
                        map.insert(key, Span::generated(), node);
                    }
                    Value::Map(map)
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn annotated_values_read_back_the_same(value in values()) {
            let mut map = Map::new();
            map.insert("top", Span::generated(), Node::generated(value));
            let text = write_with_origins(&map, &[]).unwrap();
            let read = yaml::read_values(&Source::file("x", text.as_str())).unwrap();
            prop_assert_eq!(read, map, "{}", text);
        }
    }
}
