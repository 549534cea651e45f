//! Paths with wildcards in ignore rules.

use crate::kubernetes::{FieldPath, PathStep};

/// A path: `spec.template.spec.containers[*].image`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A field of this name.
    Name(String),
    /// Any field.
    AnyName,
    /// Any item of a list.
    AnyItem,
    /// The list item at this index, from 0.
    Index(usize),
    /// The list item with these key fields.
    Item(Vec<(String, String)>),
}

impl Pattern {
    /// Parses a path: field names separated by dots, with `*` for any field. Brackets contain a field name in quotes, the index
    /// of a list item, the key fields of an item (`name=web`), or `*` for any item.
    ///
    /// # Errors
    /// A message that says why the path is invalid.
    pub(super) fn parse(text: &str) -> Result<Pattern, String> {
        let mut rest = text.strip_prefix('.').unwrap_or(text);
        let mut parts = Vec::new();
        if rest.is_empty() {
            return Err("the path is missing".to_owned());
        }
        loop {
            if let Some(inside) = rest.strip_prefix('[') {
                let (part, length) = in_brackets(inside)?;
                parts.push(part);
                rest = &inside[length..];
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                match &rest[..end] {
                    "" => return Err("a name is empty".to_owned()),
                    "*" => parts.push(Part::AnyName),
                    name => parts.push(Part::Name(name.to_owned())),
                }
                rest = &rest[end..];
            }
            match rest.chars().next() {
                None => return Ok(Pattern(parts)),
                Some('.') => rest = &rest[1..],
                Some('[') => continue,
                Some(_) => return Err("expected a dot or another '[' after ']'".to_owned()),
            }
            if rest.is_empty() {
                return Err("a name is empty".to_owned());
            }
        }
    }

    /// Whether the pattern matches a path or a field around it.
    pub(super) fn covers(&self, path: &FieldPath) -> bool {
        covers(&self.0, &path.0)
    }
}

/// Parses the content of brackets, and returns its length in bytes with the closing bracket.
fn in_brackets(text: &str) -> Result<(Part, usize), String> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let inside = &text[1..];
        let end = inside.find(quote).ok_or_else(|| format!("{quote} is not closed"))?;
        if !inside[end + 1..].starts_with(']') {
            return Err("'[' is not closed".to_owned());
        }
        return Ok((Part::Name(inside[..end].to_owned()), end + 3));
    }
    let end = text.find(']').ok_or("'[' is not closed")?;
    let inside = &text[..end];
    let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    let part = match inside {
        "*" | "" => Part::AnyItem,
        _ if inside.bytes().all(|byte| byte.is_ascii_digit()) => {
            Part::Index(inside.parse().map_err(|_| format!("[{inside}] is not an item number"))?)
        }
        _ => match inside.split(',').map(pair).collect::<Option<Vec<_>>>() {
            Some(pairs) => Part::Item(pairs),
            None => return Err(format!("[{inside}] is not a number, KEY=VALUE or a quoted name")),
        },
    };
    Ok((part, end + 1))
}

fn covers(parts: &[Part], path: &[PathStep]) -> bool {
    let (Some((part, parts)), Some((step, steps))) = (parts.split_first(), path.split_first()) else {
        return parts.is_empty();
    };
    match (part, step) {
        (Part::AnyName, PathStep::Field(_)) | (Part::AnyItem, PathStep::Item(_) | PathStep::Index(_)) => {
            covers(parts, steps)
        }
        (Part::Name(name), PathStep::Field(field)) => covers_field(name, parts, field, steps),
        (Part::Index(index), PathStep::Index(other)) => index == other && covers(parts, steps),
        (Part::Item(pairs), PathStep::Item(keys)) => {
            pairs.iter().all(|pair| keys.contains(pair)) && covers(parts, steps)
        }
        // Without brackets, a field name applies to all items.
        (Part::Name(_) | Part::AnyName, PathStep::Item(_) | PathStep::Index(_)) => covers_all(part, parts, steps),
        _ => false,
    }
}

fn covers_all(part: &Part, parts: &[Part], steps: &[PathStep]) -> bool {
    let whole: Vec<Part> = std::iter::once(part).chain(parts).cloned().collect();
    covers(&whole, steps)
}

/// Matches a field whose name has dots, which may be written without quotes: `metadata.labels.helm.sh/chart`.
fn covers_field(name: &str, parts: &[Part], field: &str, steps: &[PathStep]) -> bool {
    let Some(rest) = field.strip_prefix(name) else { return false };
    if rest.is_empty() {
        return covers(parts, steps);
    }
    match (rest.strip_prefix('.'), parts.split_first()) {
        (Some(rest), Some((Part::Name(next), parts))) => covers_field(next, parts, rest, steps),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> FieldPath {
        FieldPath::of_fields(&["spec", "containers"])
            .with(PathStep::Item(vec![("name".to_owned(), "web".to_owned())]))
            .field("env")
            .with(PathStep::Index(2))
            .field("a.b/c")
    }

    #[test]
    fn a_pattern_covers_everything_below_its_path() {
        for text in [
            "spec",
            ".spec.containers",
            "spec.containers[*].env",
            "spec.containers[name=web].env[2]",
            "spec.*[name=web]",
            "spec.containers.env",
            "spec.containers[*].env[2].a.b/c",
            "spec.containers[*].env[*][\"a.b/c\"]",
            "spec.containers[].env[2]['a.b/c']",
        ] {
            assert!(Pattern::parse(text).unwrap().covers(&path()), "{text}");
        }
        for text in [
            "specs",
            "containers",
            "spec.containers[name=x]",
            "spec.containers[*].env[1]",
            "spec.containers.env.a.b/c.d",
            "spec.containers.env.a",
            "*.*.*.*.*.*.*",
        ] {
            assert!(!Pattern::parse(text).unwrap().covers(&path()), "{text}");
        }
    }

    #[test]
    fn invalid_paths_are_refused() {
        for text in ["", ".", "a.", "a..b", "a[", "a[\"b]", "a[x]", "a[1]b", "a[99999999999999999999999]"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
