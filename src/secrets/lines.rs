//! Finds secrets line by line, in text that has no known structure: invalid files, flags, configuration files.

use std::ops::Range;

use super::names::{may_hold_secrets, names_a_secret};

/// Returns the values in a line whose keys name secrets: `password: x`, `"token": "x"`, `PASSWORD=x`, `--db-password=x`.
pub(super) fn values_in(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut actions = Actions::default();
    let mut at = 0;
    while let Some(length) = line[at..].find([':', '=']) {
        let sign = at + length;
        at = sign + 1;
        let head = line[..sign].trim_end();
        let is_quoted = head.ends_with(['"', '\'']);
        let key = key_before(head);
        // A colon that no white space follows is part of a word, unless the key is in quotes.
        let is_assignment = bytes[sign] == b'=' || is_quoted || bytes.get(sign + 1).is_none_or(u8::is_ascii_whitespace);
        if !is_assignment || !key.rsplit('.').next().is_some_and(names_a_secret) {
            continue;
        }
        // Skips the rest of `:=`, `==`, `=>` and similar signs.
        let start =
            at + line[at..].find(|c: char| !matches!(c, ' ' | '\t' | '=' | '>' | '~')).unwrap_or(line.len() - at);
        // Code such as `$password = include "x" .` is no secret, only a text in it is.
        if actions.contain(line, sign) && !line[start..].starts_with(['"', '\'', '`']) {
            continue;
        }
        let is_first = head.len() - key.len() == head.find(|c: char| c.is_alphanumeric()).unwrap_or(0);
        let end = value_end(line, start, is_first, bytes[sign] == b':', head);
        if is_text(&line[start..end]) {
            found.push(start..end);
        }
        at = end.max(at);
    }
    found
}

/// The actions of a template in a line, up to some position.
#[derive(Default)]
struct Actions {
    at: usize,
    is_open: bool,
}

impl Actions {
    /// Whether a position, which is not before the last one, is in an action (`{{ ... }}`).
    fn contain(&mut self, line: &str, position: usize) -> bool {
        let bytes = line.as_bytes();
        for at in self.at..position {
            match bytes.get(at..at + 2) {
                Some(b"{{") => self.is_open = true,
                Some(b"}}") => self.is_open = false,
                _ => {}
            }
        }
        self.at = self.at.max(position);
        self.is_open
    }
}

/// Whether a line consists of actions of a template, without texts in them.
fn is_code(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("{{") && line.ends_with("}}") && !line.contains(['"', '`'])
}

/// Whether a string may assign a value to a key that names a secret: a cheap check before its lines are read. A single sentence
/// (`password: see below`) does not count.
pub(super) fn may_assign(text: &str) -> bool {
    (text.contains(['\n', '=']) || text.trim_start().starts_with('{')) && may_hold_secrets(text)
}

/// Returns the values in all lines of a string whose keys name secrets, without their quotes.
pub(super) fn assigned(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').flat_map(move |line| {
        let start = at;
        at += line.len();
        let inside = move |range: Range<usize>| {
            let value = &line[range.clone()];
            let quotes = |trimmed: &str| value.len() - trimmed.len();
            let first = quotes(value.trim_start_matches(['"', '\'']));
            let last = quotes(value.trim_end_matches(['"', '\'']));
            start + range.start + first..(start + range.end).saturating_sub(last).max(start + range.start + first)
        };
        values_in(line.trim_end_matches(['\n', '\r'])).into_iter().map(inside).filter(|range| !range.is_empty())
    })
}

/// Returns the start and end of every mask in a string.
pub(super) fn masks(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.match_indices("(secret").filter_map(|(at, word)| {
        let rest = &text[at + word.len()..];
        let end = rest.find(')')?;
        let number = rest[..end].trim_start();
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some((at, at + word.len() + end + 1))
    })
}

/// Returns the key at the end of a string, without quotes.
fn key_before(head: &str) -> &str {
    let head = head.trim_end_matches(['"', '\'', ']']);
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let start = head.char_indices().rev().take_while(|(_, c)| is_key(*c)).last().map_or(head.len(), |(at, _)| at);
    &head[start..]
}

fn value_end(line: &str, start: usize, is_first: bool, is_yaml: bool, head: &str) -> usize {
    let value = &line[start..];
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        return start + quoted(value, quote);
    }
    if !is_yaml && let length @ 1.. = substitution(value) {
        return start + length;
    }
    let is_flow = is_yaml && head.contains(['{', '[']);
    let ends = |(at, c): (usize, char)| match c {
        ',' | '}' | ']' => is_flow || !is_yaml && !is_first,
        '&' | ';' | ' ' | '\t' if !is_yaml && !is_first => true,
        '#' => value[..at].ends_with([' ', '\t']),
        _ => false,
    };
    let length = value.char_indices().find(|&place| ends(place)).map_or(value.len(), |(at, _)| at);
    start + value[..length].trim_end().len()
}

/// Returns the length of a string in quotes, or of the whole string if the quotes are not closed. Quotes inside a shell
/// substitution do not count: `"$(cat "$FILE")"`.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let mut end_of_shell = 0;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if at < end_of_shell => {}
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            '$' if quote == '"' => end_of_shell = at + substitution(&text[at..]),
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the length of the shell substitution at the start of a string: `$(cat "$FILE")`, `${PASSWORD:-}`. It is 0 if there is
/// none, or if it is not closed within 256 bytes. Without this limit, a string with many openings would take quadratic time.
fn substitution(text: &str) -> usize {
    const MAX_LENGTH: usize = 256;
    let (open, close) = match text.get(..2) {
        Some("$(") => ('(', ')'),
        Some("${") => ('{', '}'),
        _ => return 0,
    };
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < MAX_LENGTH) {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    0
}

/// Whether a value is a literal text or number, rather than a boolean, a map, a list or a reference.
pub(super) fn is_text(value: &str) -> bool {
    let bare = value.trim().trim_matches(['"', '\'']);
    let is_reference = |open: &str, close: char| bare.starts_with(open) && bare.ends_with(close);
    let is_quoted = value.trim().starts_with(['"', '\'']);
    !(bare.is_empty()
        || bare.contains("{{")
        || is_reference("$(", ')')
        || is_reference("${", '}')
        || !is_quoted
            && (matches!(bare, "true" | "false" | "null" | "~")
                || bare.starts_with(['{', '[', '|', '>', '&', '*', '!'])))
}

/// Returns the parts of a line that are secret, either by a key in the line or by a key above it whose value continues in the
/// line.
pub(super) fn hidden_in(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let content = &text[line.clone()];
    let body = content.len() - content.trim_start().len();
    if body < content.len() && !is_code(content) && continues_a_secret(text, &line, body) {
        return std::iter::once(line.start + body..line.end).collect();
    }
    let mut found: Vec<_> =
        values_in(content).into_iter().map(|range| line.start + range.start..line.start + range.end).collect();
    found.extend(value_of_an_entry(text, &line));
    found
}

/// Whether a line continues a value that began above it, in a block scalar or in quotes, and whose key names a secret.
fn continues_a_secret(text: &str, line: &Range<usize>, mut indent: usize) -> bool {
    const MAX_LINES: usize = 10_000;
    let mut is_next = true;
    for above in text[..line.start].lines().rev().take(MAX_LINES) {
        let own = above.len() - above.trim_start().len();
        // Actions of a template may stand anywhere, and `$secret := .Values.x` in one is not a key.
        if above.trim().is_empty() || own >= indent || above.trim_start().starts_with("{{") {
            continue;
        }
        // Deeper lines were skipped, because a block may contain anything, even lines that look like keys.
        indent = own;
        if let Some((key, value)) = above.trim_start().trim_start_matches("- ").split_once(':') {
            let value = value.trim();
            let begins_text = match value.chars().next() {
                Some('|' | '>' | '"' | '\'') => true,
                // A key without a value is followed by a map or by a plain text.
                None => is_next && !looks_like_a_key(&text[line.clone()]) && !text[line.clone()].contains("{{"),
                Some(first) => is_next && !matches!(first, '{' | '[' | '&' | '#'),
            };
            if begins_text && names_a_secret(key.trim().trim_matches(['"', '\''])) {
                return true;
            }
        }
        is_next = false;
    }
    false
}

fn looks_like_a_key(line: &str) -> bool {
    let line = line.trim().trim_start_matches("- ");
    line.split_once(':').is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with(' '))
}

/// Returns the value of an environment entry: `value: x` next to `name: DB_PASSWORD`.
fn value_of_an_entry(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    /// An entry has few fields. What is further away is not searched for its name.
    const MAX_LINES: usize = 20;
    let content = &text[line.clone()];
    let column = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let begins_an_item = |line: &str| line.trim_start().starts_with('-');
    let is_content = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let value = content.trim_start_matches([' ', '-']).strip_prefix("value:")?;
    let own = column(content);
    let is_name = |other: &str| {
        let name = other.trim_start_matches([' ', '-']).strip_prefix("name:");
        column(other) == own && name.is_some_and(|name| names_a_secret(name.trim().trim_matches(['"', '\''])))
    };
    let above = || {
        let mut has_begun = begins_an_item(content);
        let lines = text[..line.start].lines().rev().take(MAX_LINES).filter(is_content);
        lines
            .take_while(|line| column(line) >= own)
            .take_while(|line| !std::mem::replace(&mut has_begun, begins_an_item(line) && column(line) == own))
            .any(is_name)
    };
    let below = || {
        let lines = text[line.end..].lines().skip(1).take(MAX_LINES).filter(is_content);
        lines.take_while(|line| column(line) >= own && !(begins_an_item(line) && column(line) == own)).any(is_name)
    };
    let start = line.end - value.trim_start().len();
    let end = line.start + content.trim_end().len();
    (start < end && is_text(&text[start..end]) && (above() || below())).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut out = text.to_owned();
        let mut at = 0;
        let mut hidden = Vec::new();
        for line in text.split('\n') {
            hidden.extend(hidden_in(text, at..at + line.len()));
            at += line.len() + 1;
        }
        for range in hidden.into_iter().rev() {
            out.replace_range(range, "*");
        }
        out
    }

    #[test]
    fn unclosed_substitutions_are_read_once() {
        let line = format!("DB_PASSWORD=\"{}", "$(".repeat(100_000));
        assert_eq!(assigned(&line).count(), 1);
    }

    #[test]
    fn values_of_keys_that_name_secrets_are_found() {
        for (text, wanted) in [
            ("password: hunter2", "password: *"),
            ("  db-password: 'a # b' # old", "  db-password: * # old"),
            ("password: a b # old", "password: * # old"),
            (r#"{"user": "x", "password": "a\"b", "port": 1}"#, r#"{"user": "x", "password": *, "port": 1}"#),
            ("{user: x, password: hunter2, port: 1}", "{user: x, password: *, port: 1}"),
            ("password = \"x\"", "password = *"),
            ("DB_PASSWORD=a b", "DB_PASSWORD=*"),
            ("export DB_PASSWORD=a; run", "export DB_PASSWORD=*; run"),
            (r#"export DB_PASSWORD="$(echo "hunter2"); run"#, "export DB_PASSWORD=*"),
            (r#"DB_PASSWORD="${OLD:-hunter2}x" run"#, "DB_PASSWORD=* run"),
            ("db.password=x", "db.password=*"),
            ("run --db-password=x --port=1", "run --db-password=* --port=1"),
            ("postgres://host/db?password=x&port=1", "postgres://host/db?password=*&port=1"),
            ("a.token=x,b=y", "a.token=*"),
            ("password: \"unclosed", "password: *"),
            ("- token: x", "- token: *"),
            ("token: 5", "token: *"),
            (r#"{"port": 5222, "password": 1234}"#, r#"{"port": 5222, "password": *}"#),
            (r#"{{ $password = "hunter2" }}"#, "{{ $password = * }}"),
            ("secret:\n{{ if .x }}\n  hunter2", "secret:\n{{ if .x }}\n  *"),
        ] {
            assert_eq!(shown(text), wanted);
        }
    }

    #[test]
    fn references_and_empty_values_are_shown() {
        for text in [
            "password: true",
            "password:",
            "password: null",
            "secret: {name: x}",
            "secretName: x",
            "password: {{ Values.password }}",
            "password: \"{{ x }}\"",
            "value: $(DB_PASSWORD)",
            "password: $(DB)",
            r#"export DB_PASSWORD="$(< "${DB_PASSWORD_FILE}")""#,
            r#"export DB_PASSWORD="${OLD}"; run"#,
            "export DB_PASSWORD=$(cat /run/secrets/db-password)",
            "export DB_PASSWORD=$(cat /run/secrets/db-password); run",
            "a:password",
            "secret: |",
            "{{ $password = include \"x\" . }}",
            "{{ range $n, $secret := .Values.secrets }}\n  {{ if $secret.enabled }}\n",
            "secret:\n  {{ with .Values.configuration.name }}",
            "secret:\n  name: {{ if .Values.a }}a{{ else }}b{{ end }}",
            "token: |\n  {{ .Values.token }}",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn all_lines_of_a_secret_are_hidden() {
        assert_eq!(
            shown("a:\n  privateKey: |\n    one\n\n    two: 2\n  b: 1"),
            "a:\n  privateKey: |\n    *\n\n    *\n  b: 1"
        );
        assert_eq!(shown("cookie: |\n  a:\n    b\n"), "cookie: |\n  *\n    *\n");
        assert_eq!(shown("password: \"one\n  two\"\nb: 1"), "password: *\n  *\nb: 1");
        assert_eq!(shown("secret:\n  name: x\n  key: y"), "secret:\n  name: x\n  key: y");
        assert_eq!(
            shown("- name: DB_PASSWORD\n  value: x\n- value: y\n  name: DB_PASSWORD"),
            "- name: DB_PASSWORD\n  value: *\n- value: *\n  name: DB_PASSWORD"
        );
        assert_eq!(shown("- name: DB_USER\n  value: x"), "- name: DB_USER\n  value: x");
        assert_eq!(
            shown("- name: DB_PASSWORD\n\n  # old\n  kind: text\n  value: x\n- name: DB_USER\n  value: y"),
            "- name: DB_PASSWORD\n\n  # old\n  kind: text\n  value: *\n- name: DB_USER\n  value: y"
        );
        assert_eq!(
            shown("- value: x\n  # old\n  name: DB_PASSWORD\n- value: y\n- name: DB_PASSWORD"),
            "- value: *\n  # old\n  name: DB_PASSWORD\n- value: y\n- name: DB_PASSWORD"
        );
        assert_eq!(shown("- name: DB_PASSWORD\n- value: y"), "- name: DB_PASSWORD\n- value: y");
    }
}
