//! A comparison as a comment on a pull request.

use std::fmt::Write;

use super::text::{cause_text, change_lines, title};
use super::{Comparison, Difference, Gravity, Status};

/// Writes a comparison in GitHub's Markdown: the summary, what needs attention, and a section that folds for each object.
/// Sections that would go beyond `max_bytes` are left out, with a line that says how many.
pub fn write_markdown(comparison: &Comparison, context: usize, max_bytes: usize) -> String {
    let mut text = format!("**Manifests: {}**\n", comparison.summary());
    let grave = |gravity: Gravity, sign: &str| {
        let mut lines = String::new();
        for difference in &comparison.differences {
            for impact in difference.impacts.iter().filter(|impact| impact.gravity == gravity) {
                let name = format!("{} {}", difference.id.kind, difference.id.name);
                let _ = writeln!(lines, "- {sign} {}: {}", escaped(&name), escaped(&impact.text));
            }
        }
        lines
    };
    let attention = [grave(Gravity::Refused, "❌"), grave(Gravity::Attention, "⚠️")].concat();
    if !attention.is_empty() {
        let _ = write!(text, "\n{attention}");
    }
    let noticed = comparison.differences.iter().filter(|difference| difference.status != Status::Rewritten);
    let sections: Vec<String> = noticed.map(|difference| section(difference, context)).collect();
    let cut = |count: usize| format!("\n{count} more not shown: the comment would be too long.\n");
    let room = max_bytes.saturating_sub(cut(sections.len()).len());
    if text.len() > room {
        // The summary is kept whatever the limit.
        let end = text.find('\n').map_or(text.len(), |end| end + 1);
        text.truncate(end);
    }
    let mut shown = 0;
    for section in &sections {
        if text.len() + section.len() > room {
            break;
        }
        text.push_str(section);
        shown += 1;
    }
    if shown < sections.len() {
        text.push_str(&cut(sections.len() - shown));
    }
    text
}

fn section(difference: &Difference, context: usize) -> String {
    let sign = match difference.status {
        Status::Added => "➕",
        Status::Removed => "➖",
        Status::Changed | Status::Renamed | Status::Rewritten => "✏️",
    };
    let renamed = difference.old_name.as_ref().map(|old| format!(", was {old}")).unwrap_or_default();
    let mut text = format!(
        "\n<details><summary>{sign} {}{} {}</summary>\n\n",
        escaped(&title(&difference.id)),
        escaped(&renamed),
        difference.status.word()
    );
    for impact in &difference.impacts {
        let _ = writeln!(text, "- {}", escaped(&impact.text));
        if let Some(way_out) = &impact.way_out {
            let _ = writeln!(text, "  - {}", escaped(way_out));
        }
    }
    for causes in std::iter::once(&difference.own_causes).chain(&difference.causes) {
        for cause in causes {
            let line = format!("- because {}\n", escaped(&cause_text(cause)));
            if !text.contains(&line) {
                text.push_str(&line);
            }
        }
    }
    let lines: Vec<(char, String)> = match difference.status {
        Status::Added => difference.new_text.lines().map(|line| ('+', line.to_owned())).collect(),
        Status::Removed => difference.old_text.lines().map(|line| ('-', line.to_owned())).collect(),
        _ => difference.changes.iter().flat_map(|change| change_lines(change, context)).collect(),
    };
    let body: String =
        lines.iter().map(|(sign, line)| format!("{}{line}\n", if *sign == '~' { '!' } else { *sign })).collect();
    if !body.is_empty() {
        let fence = fence(&body);
        let _ = write!(text, "\n{fence}diff\n{body}{fence}\n");
    }
    text.push_str("\n</details>\n");
    text
}

/// A fence that the text does not close.
fn fence(body: &str) -> String {
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Text in which nothing is Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '*' | '_' | '`' | '[' | ']' | '\\' | '|' | '#' | '@' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(c),
        }
    }
    escaped
}
