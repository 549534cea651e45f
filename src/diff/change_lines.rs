//! Writes a change as lines, for all output forms that people read.

use super::compare::{Change, ChangeKind};
use super::lines::{Line, hunks};
use crate::diagnostic::{printable, printable_line};
use crate::yaml::{self, Value};

/// Returns the lines of a change, each with its sign: `+`, `-`, `~` or a blank. The lines are printable.
pub(super) fn change_lines(change: &Change, context: usize) -> Vec<(char, String)> {
    let mut lines = written_lines(change, context);
    for (_, line) in &mut lines {
        *line = printable_line(line).into_owned();
    }
    lines
}

/// Returns a change as a single line: its sign, and the field with its old and new value. For multi-line strings, it only
/// names the field.
pub fn change_line(change: &Change) -> (char, String) {
    change_lines(change, 0).into_iter().next().unwrap_or((' ', String::new()))
}

fn written_lines(change: &Change, context: usize) -> Vec<(char, String)> {
    let path = printable(&change.path.to_string()).into_owned();
    match &change.kind {
        ChangeKind::Added(value) => block('+', &path, value),
        ChangeKind::Removed(value) => block('-', &path, value),
        ChangeKind::Reordered => vec![('~', format!("{path}: the same items in a different order"))],
        ChangeKind::Changed(Value::String(old), Value::String(new)) if old.contains('\n') || new.contains('\n') => {
            text_lines(&path, old, new, context)
        }
        ChangeKind::Changed(Value::String(old), Value::String(new)) => match (embedded_json(old), embedded_json(new)) {
            (Some(old), Some(new)) => text_lines(&path, &old, &new, context),
            _ => vec![(
                '~',
                format!("{path}: {} → {}", inline(&Value::String(old.clone())), inline(&Value::String(new.clone()))),
            )],
        },
        ChangeKind::Changed(old, new) => match (one_line(old), one_line(new)) {
            (Some(old), Some(new)) => vec![('~', format!("{path}: {old} → {new}"))],
            _ => [block('-', &path, old), block('+', &path, new)].concat(),
        },
    }
}

/// Returns JSON in a string, formatted over several lines, if it is a map or a list.
fn embedded_json(text: &str) -> Option<String> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let node = yaml::read_document(&crate::diagnostic::Source::file("text", text)).ok()?;
    (!node.value.is_scalar()).then(|| yaml::write_pretty(&node.value))
}

fn text_lines(path: &str, old: &str, new: &str, context: usize) -> Vec<(char, String)> {
    let mut lines = vec![('~', format!("{path}:"))];
    for hunk in hunks(old, new, context) {
        lines.push((' ', format!("  @@ line {} @@", hunk.new.0.max(1))));
        lines.extend(hunk.lines.iter().map(|line| match line {
            Line::Same(text) => (' ', format!("  {text}")),
            Line::Old(text) => ('-', format!("  {text}")),
            Line::New(text) => ('+', format!("  {text}")),
        }));
    }
    if lines.len() == 1 {
        lines[0].1.push_str(" the line break at the end");
    }
    lines
}

/// Returns a value as a single line, if it is short enough.
pub(super) fn one_line(value: &Value) -> Option<String> {
    const MAX_LENGTH: usize = 60;
    match value {
        Value::Map(_) | Value::List(_) => {
            let text = crate::json::write(value);
            (text.chars().count() <= MAX_LENGTH).then_some(text)
        }
        Value::String(text) if text.contains('\n') => None,
        _ => Some(inline(value)),
    }
}

/// Returns a scalar in YAML.
fn inline(value: &Value) -> String {
    yaml::write(value).map(|text| text.trim_end().to_owned()).unwrap_or_else(|_| crate::json::write(value))
}

fn block(sign: char, path: &str, value: &Value) -> Vec<(char, String)> {
    if let Some(text) = one_line(value) {
        return vec![(sign, format!("{path}: {text}"))];
    }
    let mut lines = vec![(sign, format!("{path}:"))];
    let text = match value {
        Value::String(text) => text.clone(),
        other => yaml::write_pretty(other),
    };
    lines.extend(text.lines().map(|line| (sign, format!("  {line}"))));
    lines
}
