//! A comparison for people at a terminal.

use std::fmt::Write;

use super::cause::Cause;
use super::compare::Change;
use super::compare::What;
use super::difference::Comparison;
use super::difference::Difference;
use super::difference::Status;
use super::impact::ImpactLevel;
use super::lines::{Line, hunks};
use crate::diagnostic::{printable, printable_line, printable_styled_lines};
use crate::kubernetes::Id;
use crate::yaml::{self, Value};

/// How a comparison is written.
#[derive(Debug, Clone, Copy)]
pub struct TextOptions {
    /// Colours of a terminal.
    pub color: bool,
    /// How many unchanged lines are shown around those that differ in a text.
    pub context: usize,
}

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// Writes a comparison: each object with what it does in a cluster, its fields, and the values that made them so; the
/// summary comes last.
pub fn write_text(comparison: &Comparison, options: TextOptions) -> String {
    let mut writer = Writer { text: String::new(), options };
    for difference in &comparison.differences {
        writer.difference(difference);
        writer.text.push('\n');
    }
    let _ = writeln!(writer.text, "{}", comparison.summary());
    // Unchanged lines of a text begin with spaces, which a CI system looks behind.
    printable_styled_lines(&writer.text).into_owned()
}

/// The lines of one change, each with what it begins with: `+`, `-`, `~` or a blank; for other forms too. They are printable.
pub(super) fn change_lines(change: &Change, context: usize) -> Vec<(char, String)> {
    let mut lines = written_lines(change, context);
    for (_, line) in &mut lines {
        *line = printable_line(line).into_owned();
    }
    lines
}

fn written_lines(change: &Change, context: usize) -> Vec<(char, String)> {
    let path = printable(&change.path.to_string()).into_owned();
    match &change.what {
        What::Added(value) => block('+', &path, value),
        What::Removed(value) => block('-', &path, value),
        What::Reordered => vec![('~', format!("{path}: the same items in another order"))],
        What::Changed(Value::String(old), Value::String(new)) if old.contains('\n') || new.contains('\n') => {
            text_lines(&path, old, new, context)
        }
        What::Changed(Value::String(old), Value::String(new)) => match (embedded_json(old), embedded_json(new)) {
            (Some(old), Some(new)) => text_lines(&path, &old, &new, context),
            _ => vec![(
                '~',
                format!("{path}: {} → {}", inline(&Value::String(old.clone())), inline(&Value::String(new.clone()))),
            )],
        },
        What::Changed(old, new) => match (one_line(old), one_line(new)) {
            (Some(old), Some(new)) => vec![('~', format!("{path}: {old} → {new}"))],
            _ => [block('-', &path, old), block('+', &path, new)].concat(),
        },
    }
}

/// JSON in a text, written over several lines, if it is a map or a list.
fn embedded_json(text: &str) -> Option<String> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let node = yaml::read_document(&crate::diagnostic::Source::file("text", text)).ok()?;
    matches!(node.value, Value::Map(_) | Value::List(_)).then(|| yaml::write_pretty(&node.value))
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

/// A value in one line, if it is short enough.
fn one_line(value: &Value) -> Option<String> {
    const LONGEST: usize = 60;
    match value {
        Value::Map(_) | Value::List(_) => {
            let text = crate::json::write(value);
            (text.chars().count() <= LONGEST).then_some(text)
        }
        Value::String(text) if text.contains('\n') => None,
        _ => Some(inline(value)),
    }
}

/// A scalar as YAML writes it.
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

/// `StatefulSet mongooseim (apps/v1)`
pub(super) fn title(id: &Id) -> String {
    let namespace = if id.namespace.is_empty() { String::new() } else { format!(" in {}", id.namespace) };
    printable(&format!("{} {}{namespace} ({})", id.kind, id.name, id.api_version)).into_owned()
}

/// `replicaCount: 1 → 3, values/prod.yaml:4`
pub(super) fn cause_text(cause: &Cause) -> String {
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    let place = if cause.place.is_empty() { String::new() } else { format!(", {}", cause.place) };
    let text = format!("{}: {} → {}{place}", cause.key, shortened(&word(&cause.old)), shortened(&word(&cause.new)));
    printable(&text).into_owned()
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST - 1).collect();
    format!("{head}…")
}

struct Writer {
    text: String,
    options: TextOptions,
}

impl Writer {
    fn difference(&mut self, difference: &Difference) {
        let (sign, color) = match difference.status {
            Status::Added => ('+', GREEN),
            Status::Removed => ('-', RED),
            Status::Changed | Status::Renamed | Status::Rewritten => ('~', YELLOW),
        };
        let renamed = difference.old_name.as_ref().map(|old| format!(", was {}", printable(old))).unwrap_or_default();
        self.put(&[color, BOLD], &format!("{sign} {}{renamed}", title(&difference.id)));
        self.put(&[DIM], &format!("  {}", printable(&difference.origin)));
        self.text.push('\n');
        for impact in &difference.impacts {
            let (mark, color) = match impact.level {
                ImpactLevel::Info => ("·", DIM),
                ImpactLevel::Warning => ("!", YELLOW),
                ImpactLevel::Rejected => ("✗", RED),
            };
            self.put(&[color], &format!("    {mark} {}", printable(&impact.text)));
            self.text.push('\n');
            if let Some(remedy) = &impact.remedy {
                self.put(&[DIM], &format!("      {}", printable(remedy)));
                self.text.push('\n');
            }
        }
        for cause in &difference.causes {
            self.put(&[DIM], &format!("      because {}", cause_text(cause)));
            self.text.push('\n');
        }
        if difference.status == Status::Rewritten {
            self.text
                .push_str("    · formatting only (comments, quotes, order of keys, units): no change in the cluster\n");
        }
        for change in &difference.changes {
            self.change(change);
        }
    }

    fn change(&mut self, change: &Change) {
        for (at, (sign, line)) in change_lines(change, self.options.context).into_iter().enumerate() {
            let color = match sign {
                '+' => GREEN,
                '-' => RED,
                '~' => YELLOW,
                _ => "",
            };
            self.put(&[color], format!("    {sign} {line}").trim_end());
            self.text.push('\n');
            if at == 0 {
                for cause in &change.causes {
                    self.put(&[DIM], &format!("        because {}", cause_text(cause)));
                    self.text.push('\n');
                }
            }
        }
    }

    fn put(&mut self, styles: &[&str], text: &str) {
        if !self.options.color || styles.iter().all(|style| style.is_empty()) {
            self.text.push_str(text);
            return;
        }
        let _ = write!(self.text, "{}{text}{PLAIN}", styles.concat());
    }
}
