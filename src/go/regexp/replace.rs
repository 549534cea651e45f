//! Replacement templates, and the group names that they refer to.

use regex::bytes::Captures;

use crate::go::utf8;

/// A replacement template. `$1`, `${1}`, `$name` and `${name}` stand for groups and `$$` for `$`; any other `$` is
/// text. A group that does not exist is empty.
pub(super) struct Replacement<'a> {
    pub(super) template: &'a [u8],
    /// The names of the groups, from the first group on.
    pub(super) names: Vec<Option<&'a str>>,
}

impl Replacement<'_> {
    pub(super) fn push<E>(
        &self,
        out: &mut Vec<u8>,
        groups: &Captures<'_>,
        check_size: &impl Fn(usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = self.template;
        while let Some(dollar) = rest.iter().position(|&byte| byte == b'$') {
            out.extend_from_slice(&rest[..dollar]);
            rest = &rest[dollar + 1..];
            if let Some(after) = rest.strip_prefix(b"$") {
                out.push(b'$');
                rest = after;
            } else if let Some((name, after)) = group_name(rest) {
                out.extend_from_slice(self.group(name, groups));
                check_size(out.len())?;
                rest = after;
            } else {
                out.push(b'$');
            }
        }
        out.extend_from_slice(rest);
        check_size(out.len())
    }

    fn group<'t>(&self, name: &[u8], groups: &Captures<'t>) -> &'t [u8] {
        let is_number = name == b"0" || name.iter().all(u8::is_ascii_digit) && !name.starts_with(b"0");
        let group = if is_number {
            str::from_utf8(name).ok().and_then(|name| name.parse().ok()).and_then(|at| groups.get(at))
        } else {
            let numbered = self.names.iter().zip(1..);
            let named = numbered.filter(|(known, _)| known.is_some_and(|known| known.as_bytes() == name));
            named.map(|(_, at)| at).find_map(|at| groups.get(at))
        };
        group.map_or(b"", |group| group.as_bytes())
    }
}

/// Returns the names of an expression's groups, in the order of their numbers from 1. The expression must be valid. The
/// names are read from the pattern because Go allows duplicate names and the compiled expression does not have any.
pub(super) fn group_names(pattern: &str) -> Vec<Option<&str>> {
    let mut names = Vec::new();
    let mut rest = pattern;
    let after = |text: &'_ str, end: &str| text.find(end).map_or(text.len(), |at| at + end.len());
    while let Some(at) = rest.find(['\\', '[', '(']) {
        let tail = &rest[at + 1..];
        let skipped = match rest.as_bytes()[at] {
            b'\\' if tail.starts_with('Q') => after(tail, "\\E"),
            b'\\' => tail.chars().next().map_or(0, char::len_utf8),
            b'[' => class_length(tail),
            _ => {
                let group = tail.strip_prefix('?');
                let named = group.and_then(|group| group.strip_prefix("P<").or_else(|| group.strip_prefix('<')));
                match (group, named) {
                    (None, _) => names.push(None),
                    (_, Some(named)) => names.push(named.split('>').next()),
                    _ => {}
                }
                0
            }
        };
        rest = &tail[skipped..];
    }
    names
}

/// Returns the length of a class, not counting its opening bracket.
fn class_length(text: &str) -> usize {
    let mut at = usize::from(text.starts_with('^'));
    at += usize::from(text[at..].starts_with(']'));
    while let Some(length) = text[at..].find(['\\', '[', ']']) {
        let start = at + length;
        let tail = &text[start + 1..];
        at = start + 1;
        match text.as_bytes()[start] {
            b']' => return at,
            b'\\' => at += tail.chars().next().map_or(0, char::len_utf8),
            _ if tail.starts_with(':') => at += tail.find(":]").map_or(0, |end| end + 2),
            _ => {}
        }
    }
    text.len()
}

/// Splits off the group name after a `$`, which is as long as possible.
fn group_name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let in_braces = text.strip_prefix(b"{");
    let name = in_braces.unwrap_or(text);
    let ends_name = |c: Option<char>| c.is_none_or(|c| c != '_' && !c.is_alphanumeric());
    let length = utf8::char_indices(name).find(|&(_, c)| ends_name(c)).map_or(name.len(), |(at, _)| at);
    let (name, rest) = name.split_at(length);
    let rest = if in_braces.is_some() { rest.strip_prefix(b"}")? } else { rest };
    (!name.is_empty()).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_names_are_kept() {
        let names = group_names(r"(?P<a>x)(?:y)(z)\((?i)[(\](?P<no>)](?<b>[[:alpha:](])\Q(?P<no>)\E(?P<a>[]()])");
        assert_eq!(names, [Some("a"), None, Some("b"), Some("a")]);
        assert_eq!(group_names(r"[^]()](x)[("), [None]);
        assert_eq!(group_names("\\"), []);
    }
}
