//! Finds where texts that were passed to `tpl` are written, usually in a values file.

use super::value::Text;
use crate::diagnostic::Span;
use crate::yaml::{Map, Node, Value, locate_in_scalar};

/// Returns the place in the values for an offset in a text that was passed to `tpl`. That is the value with exactly
/// this text or, since such texts are often assembled from several values, the first value that contains the action at
/// the offset.
pub(super) fn place_in_values(values: &Map, text: &Text, offset: usize) -> Option<Span> {
    let text = std::str::from_utf8(text).ok()?;
    let offset = (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at))?;
    if let Some(node) = find(values, &|value| value == text) {
        return Some(locate_in_scalar(&node.span, offset));
    }
    let start = text[..offset].rfind("{{")?;
    let rest = &text[start..];
    let end = rest.find("}}").map(|end| end + 2).or_else(|| rest.find('\n')).unwrap_or(rest.len());
    let action = &rest[..end];
    let node = find(values, &|value| value.contains(action))?;
    let at = node.value.as_str()?.find(action)?;
    Some(locate_in_scalar(&node.span, at + (offset - start).min(action.len())))
}

/// The first string among the values that is wanted and has a place in a file.
fn find<'v>(values: &'v Map, is_wanted: &dyn Fn(&str) -> bool) -> Option<&'v Node> {
    let mut waiting: Vec<&Node> = values.iter().map(|(_, node)| node).collect();
    waiting.reverse();
    while let Some(node) = waiting.pop() {
        match &node.value {
            Value::String(text) if is_wanted(text) && node.span.source().is_some() => return Some(node),
            Value::List(items) => waiting.extend(items.iter().rev()),
            Value::Map(map) => {
                let from = waiting.len();
                waiting.extend(map.iter().map(|(_, node)| node));
                waiting[from..].reverse();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn place(text: &str, at: &str) -> Option<String> {
        let source = Source::file("values.yaml", "a: x\nb:\n- c: |\n    one\n    {{ .x.y }} two\n- \"{{ nope }\"\n");
        let values = crate::yaml::read_values(&source).unwrap();
        place_in_values(&values, &text.into(), text.find(at).unwrap()).map(|span| span.to_string())
    }

    #[test]
    fn a_tpl_text_that_equals_a_value_is_found() {
        assert_eq!(place("one\n{{ .x.y }} two\n", ".y").unwrap(), "values.yaml:5:10");
        assert_eq!(place("{{ nope }", "nope").unwrap(), "values.yaml:6:7");
    }

    #[test]
    fn an_assembled_tpl_text_is_found_by_its_action() {
        assert_eq!(place("- c: |\n    one\n    {{ .x.y }} two\n", ".y").unwrap(), "values.yaml:5:10");
        assert_eq!(place("{{ .other }}", "other"), None);
        assert_eq!(place("text", "text"), None);
    }
}
