//! Writes a comparison as a comment on a pull request.
//!
//! Text from manifests and values is in code spans, in `<code>` or in fenced blocks, unless it is certainly plain text. The
//! comment is posted in the name of the user who runs the program, and must not mention people or contain links that someone else
//! chose.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

use super::change_lines::change_lines;
use super::changed_value::cause_lines;
use super::compare::Change;
use super::difference::{Comparison, Difference, Ignored, Status};
use super::group::{Grouped, group, names_by_kind};
use super::impact::ImpactLevel;
use super::notes::upgrade_notes;
use super::origin::Origin;
use super::text::paths;
use super::title::title;
use super::together::{as_one, next_of_same_line, places, together};
use super::upgrade::Upgrade;
use crate::diagnostic::{counted, listed, printable, printable_line};

/// Writes a comparison in GitHub's Markdown: the summary, effects that need attention, and a collapsible section for each object.
/// Sections that would exceed `max_bytes` are omitted, and a line reports their number.
pub fn write_markdown(comparison: &Comparison, context: usize, max_bytes: usize) -> String {
    let mut text = format!("**Manifests: {}**\n", comparison.summary());
    let sign_of = |level: ImpactLevel, sign: &str| attention(comparison, level, sign);
    let attention = [sign_of(ImpactLevel::Rejected, "❌"), sign_of(ImpactLevel::Warning, "⚠️")].concat();
    if !attention.is_empty() {
        let _ = write!(text, "\n{attention}");
    }
    if let Some(upgrade) = comparison.upgrade.as_ref().filter(|upgrade| !upgrade.is_empty()) {
        text.push_str(&upgrade_lines(upgrade));
    }
    for line in ignored_lines(&comparison.ignored) {
        let _ = write!(text, "\n{line}\n");
    }
    let grouped = group(comparison);
    let mut sections: Vec<String> =
        (0..grouped.groups.len()).map(|number| group_section(comparison, &grouped, number, context)).collect();
    let noticed = comparison
        .differences
        .iter()
        .enumerate()
        .filter(|(at, difference)| difference.status != Status::Rewritten && grouped.has_section(*at));
    sections.extend(noticed.map(|(at, difference)| section(difference, &grouped.own[at], context)));
    let cut = |count: usize| format!("\n{count} more not shown: the comment would be too long.\n");
    let room = max_bytes.saturating_sub(cut(sections.len()).len());
    if text.len() > room {
        // The summary is kept even if it exceeds the limit.
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

/// Lists the effects that need attention, without duplicates, with the objects that they concern.
fn attention(comparison: &Comparison, level: ImpactLevel, sign: &str) -> String {
    const MAX: usize = 5;
    let mut found: Vec<(Cow<'_, str>, Vec<String>)> = Vec::new();
    let mut known: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for difference in &comparison.differences {
        for impact in difference.impacts.iter().filter(|impact| impact.level == level) {
            let at = *known.entry(impact.text()).or_insert_with(|| {
                found.push((impact.text(), Vec::new()));
                found.len() - 1
            });
            found[at].1.push(inline(&format!("{} {}", difference.id.kind, difference.id.name)));
        }
    }
    let mut lines = String::new();
    for (text, names) in found {
        let _ = writeln!(lines, "- {sign} {}: {}", listed(names.into_iter(), MAX), inline(&text));
    }
    lines
}

/// Lists what happened to the user's values.
fn upgrade_lines(upgrade: &Upgrade) -> String {
    let mut text = format!("\nValues, {}:\n\n", inline(&upgrade.title()));
    for note in upgrade_notes(upgrade) {
        let sign = if note.is_warning { "⚠️ " } else { "" };
        let _ = writeln!(text, "- {sign}{}", inline(&note.heading()));
        for detail in &note.details {
            let _ = writeln!(text, "  - {}", inline(detail));
        }
    }
    text
}

/// Reports the ignored changes, and the file of ignore rules.
fn ignored_lines(ignored: &Ignored) -> impl Iterator<Item = String> {
    let changes = ignored.text().map(|text| format!("Ignored: {}", inline(&text)));
    let file = ignored.file_text().map(|text| format!("Ignore rules: {}", inline(&text)));
    [changes, file].into_iter().flatten()
}

/// Writes the section for changes that many objects have in common.
fn group_section(comparison: &Comparison, grouped: &Grouped<'_>, number: usize, context: usize) -> String {
    let group = &grouped.groups[number];
    let changes = if group.changes.len() == 1 { "change" } else { "changes" };
    let shown: Vec<String> =
        group.changes.iter().map(|shared| inline_html(&shared.change.path.to_string())).take(3).collect();
    let mut text = format!(
        "\n<details><summary>✏️ {} objects with the same {changes}: {}{}</summary>\n\n",
        group.objects.len(),
        shown.join(", "),
        if group.changes.len() > shown.len() { ", …" } else { "" },
    );
    for part in grouped.parts(comparison, number) {
        let names: Vec<String> = names_by_kind(&part.objects).iter().map(|names| inline(names)).collect();
        let _ = writeln!(text, "- {}", names.join("; "));
        for impact in part.impacts {
            let _ = writeln!(text, "  - {}", inline(&impact.text()));
            if let Some(remedy) = &impact.remedy {
                let _ = writeln!(text, "    - help: {}", inline_help(remedy));
            }
        }
    }
    for shared in &group.changes {
        if shared.paths.len() > 1 {
            let _ = writeln!(text, "- in {}", inline(&paths(&shared.paths)));
        }
        for line in cause_lines(&shared.change.causes) {
            let _ = writeln!(text, "- {}", inline_cause(&line));
        }
    }
    let lines = |change: &Change| with_origin(change_lines(change, context), change.origin.as_deref());
    let body = diff_lines(group.changes.iter().flat_map(|shared| lines(&shared.change)));
    let fence = fence(&body);
    let _ = write!(text, "\n{fence}diff\n{body}{fence}\n\n</details>\n");
    text
}

/// Formats a cause, with its values as code.
fn inline_cause(line: &str) -> String {
    match line.strip_prefix("because ") {
        Some(cause) => format!("because {}", inline(cause)),
        None => inline(line),
    }
}

fn diff_lines(lines: impl Iterator<Item = (char, String)>) -> String {
    lines.map(|(sign, line)| format!("{}{line}\n", if sign == '~' { '!' } else { sign })).collect()
}

fn section(difference: &Difference, own: &[&Change], context: usize) -> String {
    let sign = match difference.status {
        Status::Added => "➕",
        Status::Removed => "➖",
        Status::Changed | Status::Renamed | Status::Rewritten => "✏️",
    };
    let renamed = difference.old_name.as_ref().map(|old| format!(", was {}", inline_html(old))).unwrap_or_default();
    let mut text = format!(
        "\n<details><summary>{sign} {}{} {}</summary>\n\n",
        inline_html(&title(&difference.id)),
        renamed,
        difference.status.word()
    );
    for impact in &difference.impacts {
        let _ = writeln!(text, "- {}", inline(&impact.text()));
        if let Some(remedy) = &impact.remedy {
            let _ = writeln!(text, "  - help: {}", inline_help(remedy));
        }
    }
    for causes in std::iter::once(&difference.causes).chain(own.iter().map(|change| &change.causes)) {
        for line in cause_lines(causes) {
            let line = format!("- {}\n", inline_cause(&line));
            if !text.contains(&line) {
                text.push_str(&line);
            }
        }
    }
    let lines: Vec<(char, String)> = match difference.status {
        Status::Added => difference.new_text.lines().map(|line| ('+', printable_line(line).into_owned())).collect(),
        Status::Removed => difference.old_text.lines().map(|line| ('-', printable_line(line).into_owned())).collect(),
        _ => changed_lines(own, context),
    };
    if own.len() < difference.changes.len() {
        let shared = counted(difference.changes.len() - own.len(), "change");
        let _ = writeln!(text, "- and {shared} listed above, as in other objects");
    }
    let body = diff_lines(lines.into_iter());
    if !body.is_empty() {
        let fence = fence(&body);
        // Unless a list precedes it, the summary is already followed by an empty line.
        let line = if text.ends_with("\n\n") { "" } else { "\n" };
        let _ = write!(text, "{line}{fence}diff\n{body}{fence}\n");
    }
    text.push_str("\n</details>\n");
    text
}

/// Returns the lines of an object's changes, with the lines of the template. If one template line made several changes in a row,
/// it is named after the last of them.
fn changed_lines(own: &[&Change], context: usize) -> Vec<(char, String)> {
    let together = together(own);
    let mut lines = Vec::new();
    for (at, changes) in together.iter().enumerate() {
        match (changes.as_slice(), as_one(changes)) {
            ([change], _) => {
                let origin = change.origin.as_deref().filter(|_| next_of_same_line(&together, at).is_none());
                lines.extend(with_origin(change_lines(change, context), origin));
            }
            (_, Some(one)) => {
                let mut of_one = change_lines(&one, context);
                let after = of_one.len().min(1);
                of_one.splice(after..after, places(changes).map(|place| (' ', format!("    {place}"))));
                lines.extend(of_one);
            }
            _ => {}
        }
    }
    lines
}

/// Inserts the template line after the first line of a change.
fn with_origin(mut lines: Vec<(char, String)>, origin: Option<&Origin>) -> Vec<(char, String)> {
    if let Some(origin) = origin {
        lines.insert(lines.len().min(1), (' ', format!("    at {}", origin.text())));
    }
    lines
}

/// Returns a fence that is longer than any run of backticks in the text.
fn fence(body: &str) -> String {
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Formats text inside a line of Markdown: unchanged if it can only be read as text, otherwise as a code span, in which there are
/// no links, mentions, references, images or HTML.
fn inline(text: &str) -> String {
    let text = printable(text);
    if is_plain(&text) {
        return text.into_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    // Markdown removes one space next to the backticks, so text that starts or ends with a backtick or a space needs one.
    let is_padded = |c| c == '`' || c == ' ';
    let pad = if text.starts_with(is_padded) || text.ends_with(is_padded) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Formats a remedy: its commands, which are between backticks, as code.
fn inline_help(text: &str) -> String {
    let text = printable(text);
    let parts: Vec<&str> = text.split('`').collect();
    let around: Vec<&str> = parts.iter().copied().step_by(2).collect();
    // Two backticks in a row would begin a different code span.
    let are_spans = parts.len() % 2 == 1 && parts[..parts.len() - 1].iter().all(|part| !part.is_empty());
    if are_spans && is_plain(&around.join("x")) { text.into_owned() } else { inline(&text) }
}

/// Formats text inside HTML, where Markdown's signs have no meaning, but mentions and references do.
fn inline_html(text: &str) -> String {
    let text = printable(text);
    if is_plain(&text) {
        return text.into_owned();
    }
    format!("<code>{}</code>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// Whether nothing in a string has a meaning to GitHub or GitLab: no Markdown, HTML, mathematics or reference (`@name`, `#1`,
/// `!1`, `~label`), no bare link, no `:emoji:`, and nothing that may be a commit (seven hexadecimal digits) or an issue (GH-1).
fn is_plain(text: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || " -./:(),;=+?'\"→".contains(c);
    let begins_with_a_letter = text.is_empty() || text.starts_with(char::is_alphabetic);
    begins_with_a_letter && !text.ends_with(' ') && text.chars().all(is_letter) && !has_link(text) && !has_emoji(text)
}

fn has_link(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    let is_commit = |word: &str| word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.contains("://") || text.contains("www.") || text.contains("gh-") || words.any(is_commit)
}

fn has_emoji(text: &str) -> bool {
    let mut between = text.split(':').skip(1).peekable();
    while let Some(name) = between.next() {
        let is_a_name = |c: char| c.is_ascii_alphanumeric() || "_+-".contains(c);
        if between.peek().is_some() && name.chars().all(is_a_name) && name.contains(|c: char| c.is_ascii_alphabetic()) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markdown_in_text_is_escaped() {
        for text in [
            "StatefulSet mongooseim (apps/v1)",
            "scales 1 → 3",
            "replicaCount: 1 → 3, values/prod.yaml:4",
            "größe 日本",
        ] {
            assert_eq!(inline(text), text);
            assert_eq!(inline_html(text), text);
        }
    }

    #[test]
    fn commands_in_help_are_code() {
        for text in ["run `kubectl delete job/a_b`, then apply: it runs again", "run `a` or `b --c`", "run `a`"] {
            assert_eq!(inline_help(text), text);
        }
        for text in ["run `a`b`", "run `a` for @name", "run `a```b`", "`a` *x*", "run `a", "``", "`a` b"] {
            assert!(inline_help(text).starts_with("``"), "{text}");
        }
    }

    #[test]
    fn links_and_mentions_are_written_as_code() {
        for text in [
            "@name",
            "a@example.com",
            "\\@name",
            "x #1",
            "\\#1",
            "owner/repo#1",
            "GH-12",
            "see gh-12",
            "!1",
            "~bug",
            "$x$",
            "%1",
            "https://example.com",
            "www.example.com",
            "WWW.example.com",
            "ftp://x",
            "0123456789abcdef0123456789abcdef01234567",
            "web-4f5e6a7",
            ":tada:",
            "*x*",
            "_x_",
            "[x](y)",
            "![x](y)",
            "<b>",
            "<!-- x",
            "</details>",
            "&amp;",
            "a|b",
            "- x",
            "1. x",
            "# x",
            "> x",
            "   x",
            "/close",
            "=== ",
        ] {
            assert_eq!(inline(text).trim_matches('`').trim(), text.trim(), "{text}");
            assert!(inline(text).starts_with('`') && inline(text).ends_with('`'), "{text}");
            assert!(inline_html(text).starts_with("<code>") && inline_html(text).ends_with("</code>"), "{text}");
        }
    }

    #[test]
    fn backticks_do_not_end_a_code_span() {
        assert_eq!(inline("a`b``c"), "```a`b``c```");
        assert_eq!(inline("`a`"), "`` `a` ``");
        assert_eq!(inline("@a\nb"), "`@a\\nb`");
        assert_eq!(inline_html("</summary><img src=x>`"), "<code>&lt;/summary&gt;&lt;img src=x&gt;`</code>");
    }

    proptest! {
        #[test]
        fn code_spans_stay_on_one_line(text in "(\\PC|[`\n<>&@#]){0,20}") {
            let code = inline(&text);
            prop_assert!(!code.contains('\n'));
            if code.starts_with('`') {
                let ticks = code.len() - code.trim_start_matches('`').len();
                let inner = &code[ticks..code.len() - ticks];
                prop_assert!(inner.split(|c| c != '`').all(|run| run.len() != ticks), "{code}");
            }
            prop_assert!(!inline_html(&text).trim_start_matches("<code>").trim_end_matches("</code>").contains('<'));
        }
    }
}
