//! The path of a value, in the syntax of `--set`.

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::Map;
use crate::yaml::Node;
use crate::yaml::Value;

/// The largest index, which is also the limit of `--set`.
const MAX_INDEX: usize = 65_536;

/// One step of a [`ValuePath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key of a map.
    Key(String),
    /// An index of a list, from 0.
    Item(usize),
}

/// The path of a value from the root of a chart's values: `listeners.c2s.port`, `hosts[0]`, `podAnnotations.example\.com/team`.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::values::ValuePath;
///
/// let path = ValuePath::parse(&Source::flag("KEY", r"hosts[0].a\.b")).unwrap();
/// assert_eq!(path.steps().len(), 3);
/// assert_eq!(path.to_string(), r"hosts[0].a\.b");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ValuePath(Arc<[Step]>);

impl ValuePath {
    /// Creates a path from its steps.
    pub fn new(steps: Vec<Step>) -> ValuePath {
        ValuePath(steps.into())
    }

    /// Parses a path in the syntax of the left side of `--set`: keys are separated by dots, indices are in brackets, and a
    /// backslash escapes the next character.
    ///
    /// # Errors
    /// An empty path or key, or an invalid index, with its place.
    pub fn parse(source: &Source) -> Result<ValuePath, Diagnostic> {
        let text = source.text();
        let refuse = |range: std::ops::Range<usize>, message: String| {
            Diagnostic::error("value-path", message)
                .at(source.span(range), "")
                .help("write a key as for --set: image.tag, hosts[0], labels.example\\.com/team")
        };
        let mut steps = Vec::new();
        let mut at = 0;
        loop {
            if !text[at..].starts_with('[') {
                let (key, length) = key_at(&text[at..]);
                if key.is_empty() {
                    return Err(refuse(at..at + 1, format!("{text:?} has an empty key")));
                }
                steps.push(Step::Key(key));
                at += length;
            }
            while text[at..].starts_with('[') {
                let end = text[at..].find(']').map(|end| at + end);
                let inside = at + 1..end.unwrap_or(text.len());
                let index = end.and_then(|_| text[inside.clone()].parse().ok()).filter(|&index| index <= MAX_INDEX);
                let index = index.ok_or_else(|| {
                    let shown = &text[inside.clone()];
                    refuse(
                        inside.clone(),
                        format!("invalid index {shown:?}: expected a whole number from 0 to {MAX_INDEX}"),
                    )
                })?;
                steps.push(Step::Item(index));
                at = inside.end + 1;
            }
            match text[at..].chars().next() {
                None => return Ok(ValuePath::new(steps)),
                Some('.') => at += 1,
                Some(_) => return Err(refuse(at..at + 1, "expected a dot or another index after an index".to_owned())),
            }
            if text[at..].starts_with('[') {
                return Err(refuse(at..at + 1, format!("{text:?} has an empty key")));
            }
        }
    }

    /// Returns the steps, starting from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Returns the path of a key in the map at this path.
    #[must_use]
    pub fn key(&self, key: &str) -> ValuePath {
        let mut steps = self.0.to_vec();
        steps.push(Step::Key(key.to_owned()));
        ValuePath::new(steps)
    }

    /// Returns the path without its last step; `None` for the root.
    pub fn parent(&self) -> Option<ValuePath> {
        let (_, above) = self.0.split_last()?;
        Some(ValuePath(above.into()))
    }

    /// Returns the path without its first `count` steps.
    #[must_use]
    pub fn below(&self, count: usize) -> ValuePath {
        ValuePath(self.0[count.min(self.0.len())..].into())
    }

    /// Whether `other` is this path or a path below it.
    pub fn is_prefix_of(&self, other: &ValuePath) -> bool {
        other.0.starts_with(&self.0)
    }

    /// Returns the number of leading steps that both paths have in common.
    pub fn shared_with(&self, other: &ValuePath) -> usize {
        self.0.iter().zip(other.0.iter()).take_while(|(a, b)| a == b).count()
    }

    /// Returns the value at this path; `None` for the root, which is not a node, and for a path without a value.
    pub fn get<'m>(&self, values: &'m Map) -> Option<&'m Node> {
        let Some((Step::Key(first), rest)) = self.0.split_first() else { return None };
        rest.iter().try_fold(values.get(first)?, |node, step| match (step, &node.value) {
            (Step::Key(key), Value::Map(map)) => map.get(key),
            (Step::Item(index), Value::List(items)) => items.get(*index),
            _ => None,
        })
    }

    /// Like [`ValuePath::get`], to change the value.
    pub fn get_mut<'m>(&self, values: &'m mut Map) -> Option<&'m mut Node> {
        let Some((Step::Key(first), rest)) = self.0.split_first() else { return None };
        rest.iter().try_fold(values.get_mut(first)?, |node, step| match (step, &mut node.value) {
            (Step::Key(key), Value::Map(map)) => map.get_mut(key),
            (Step::Item(index), Value::List(items)) => items.get_mut(*index),
            _ => None,
        })
    }

    /// Returns the paths of all leaves of a map (scalars, lists and empty maps), lazily and in the order of the map.
    pub fn leaves(values: &Map) -> impl Iterator<Item = ValuePath> {
        let mut open = vec![values.iter()];
        let mut path = Vec::new();
        std::iter::from_fn(move || {
            loop {
                let Some((key, node)) = open.last_mut()?.next() else {
                    open.pop();
                    path.pop();
                    continue;
                };
                path.push(Step::Key(key.to_owned()));
                match &node.value {
                    Value::Map(inner) if !inner.is_empty() => open.push(inner.iter()),
                    _ => {
                        let leaf = ValuePath::new(path.clone());
                        path.pop();
                        return Some(leaf);
                    }
                }
            }
        })
    }
}

/// Returns the key at the start of a text and its length there, in bytes.
fn key_at(text: &str) -> (String, usize) {
    let mut key = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '.' | '[' => return (key, at),
            '\\' => key.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => key.push(character),
        }
    }
    (key, text.len())
}

impl fmt::Display for ValuePath {
    /// Writes the path in the syntax of `--set`, with special characters escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Item(item) => write!(f, "[{item}]")?,
                Step::Key(key) => {
                    if index > 0 {
                        f.write_str(".")?;
                    }
                    let mut rest = key.as_str();
                    while let Some(at) = rest.find(['.', '[', ',', '=', '\\']) {
                        // Each of these characters is one byte long.
                        write!(f, "{}\\{}", &rest[..at], &rest[at..=at])?;
                        rest = &rest[at + 1..];
                    }
                    f.write_str(rest)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<ValuePath, Diagnostic> {
        ValuePath::parse(&Source::flag("KEY", text))
    }

    fn values(text: &str) -> Map {
        crate::yaml::read_values(&Source::file("values.yaml", text)).unwrap()
    }

    #[test]
    fn a_path_leads_through_maps_and_lists() {
        let values = values("a: {b: [1, {c: x}]}\n'd.e': z\n");
        let text =
            |path: &str| parse(path).unwrap().get(&values).and_then(|node| node.value.as_str().map(str::to_owned));
        assert_eq!(text("a.b[1].c").as_deref(), Some("x"));
        assert_eq!(text(r"d\.e").as_deref(), Some("z"));
        assert_eq!(text("a.b[2]"), None);
        assert_eq!(text("a[0]"), None);
        assert_eq!(text("d.e"), None);
    }

    #[test]
    fn errors_in_paths_are_located() {
        let place = |text: &str| parse(text).unwrap_err().labels[0].span.range();
        assert_eq!(place(""), 0..0);
        assert_eq!(place("a..b"), 2..3);
        assert_eq!(place("a."), 2..2);
        assert_eq!(place("a[x]"), 2..3);
        assert_eq!(place("a[1"), 2..3);
        assert_eq!(place("a[1]b"), 4..5);
        assert_eq!(place("a.[1]"), 2..3);
        assert_eq!(place("a[99999]"), 2..7);
    }

    #[test]
    fn leaves_are_scalars_and_empty_containers() {
        let values = values("a: {b: [1], c: {}}\nd: ~\n");
        let paths = ValuePath::leaves(&values);
        assert_eq!(paths.map(|path| path.to_string()).collect::<Vec<_>>(), ["a.b", "a.c", "d"]);
    }

    proptest! {
        #[test]
        fn a_path_reads_as_it_was_written(keys in prop::collection::vec("[a-c.=,\\[\\]\\\\ä]{1,4}", 1..4), item in 0usize..9) {
            let mut steps: Vec<Step> = keys.into_iter().map(Step::Key).collect();
            steps.insert(1, Step::Item(item));
            let path = ValuePath::new(steps);
            prop_assert_eq!(parse(&path.to_string()).unwrap(), path);
        }

        #[test]
        fn does_not_panic(text in "[a\\[\\].0-9\\\\ä]{0,12}") {
            let _ = parse(&text);
        }
    }
}
