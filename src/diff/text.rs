//! Writes a comparison for the terminal.

use std::fmt::Write;

use super::cause::Cause;
use super::change_lines::change_lines;
use super::changed_value::cause_lines;
use super::compare::Change;
use super::difference::{Comparison, Difference, Ignored, Status};
use super::group::{Grouped, group, names_by_kind};
use super::impact::{Impact, ImpactLevel};
use super::notes::{ignored_lines, upgrade_notes};
use super::origin::Origin;
use super::title::title;
use super::together::{as_one, next_of_same_line, places, together};
use super::upgrade::Upgrade;
use crate::diagnostic::{counted, listed, printable, printable_styled_lines};
use crate::kubernetes::FieldPath;

/// Options for writing a comparison.
#[derive(Debug, Clone, Copy)]
pub struct TextOptions {
    /// Whether to color the output.
    pub color: bool,
    /// The number of unchanged lines to show around changed lines of a multi-line string.
    pub context: usize,
}

pub(super) const RED: &str = "\x1b[31m";
pub(super) const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// Writes a comparison: each object with its effects in a cluster, its changed fields and the values that caused them. The
/// summary comes last.
pub fn write_text(comparison: &Comparison, options: TextOptions) -> String {
    let mut writer = Writer::new(options);
    let grouped = group(comparison);
    for number in 0..grouped.groups.len() {
        writer.group(comparison, &grouped, number);
        writer.text.push('\n');
    }
    for (at, difference) in comparison.differences.iter().enumerate().filter(|(at, _)| grouped.has_section(*at)) {
        writer.difference(difference, &grouped.own[at]);
        writer.text.push('\n');
    }
    writer.end(comparison);
    // A CI system would find commands after the spaces in front of unchanged lines, so they are escaped.
    printable_styled_lines(&writer.text).into_owned()
}

/// Returns `at web/templates/deployment.yaml:7`.
fn place_of(origin: &Origin) -> String {
    format!("at {}", origin.text())
}

/// Lists the paths of a change.
pub(super) fn paths(paths: &[FieldPath]) -> String {
    const MAX: usize = 4;
    listed(paths.iter().map(|path| printable(&path.to_string()).into_owned()), MAX)
}

/// Writes words, separated by spaces, in lines of a readable width.
fn wrap(words: &str, indent: &str, out: &mut String) {
    const WIDTH: usize = 110;
    let mut width = WIDTH;
    for word in words.split(' ') {
        if width + word.len() + 1 > WIDTH {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(indent);
            out.push_str(word);
            width = indent.len() + word.len();
        } else {
            out.push(' ');
            out.push_str(word);
            width += word.len() + 1;
        }
    }
    out.push('\n');
}

/// Writes the parts of a comparison.
pub(super) struct Writer {
    pub(super) text: String,
    options: TextOptions,
}

impl Writer {
    pub(super) fn new(options: TextOptions) -> Writer {
        Writer { text: String::new(), options }
    }

    /// Writes everything that follows the objects.
    pub(super) fn end(&mut self, comparison: &Comparison) {
        if let Some(upgrade) = comparison.upgrade.as_ref().filter(|upgrade| !upgrade.is_empty()) {
            self.upgrade(upgrade);
            self.text.push('\n');
        }
        self.ignored(&comparison.ignored);
        let _ = writeln!(self.text, "{}", comparison.summary());
    }

    /// Writes an object's title, its impacts, and the values that caused it to be added or removed.
    pub(super) fn head(&mut self, difference: &Difference) {
        let (sign, color) = match difference.status {
            Status::Added => ('+', GREEN),
            Status::Removed => ('-', RED),
            Status::Changed | Status::Renamed | Status::Rewritten => ('~', YELLOW),
        };
        let renamed = difference.old_name.as_ref().map(|old| format!(", was {}", printable(old))).unwrap_or_default();
        self.put(&[color, BOLD], &format!("{sign} {}{renamed}", title(&difference.id)));
        self.put(&[DIM], &format!("  {}", printable(&difference.origin)));
        self.text.push('\n');
        self.impacts(&difference.impacts);
        self.causes(&difference.causes, "      ");
        if difference.status == Status::Rewritten {
            self.text
                .push_str("    · formatting only (comments, quotes, order of keys, units): no change in the cluster\n");
        }
    }

    /// Writes the values that caused the changes of an object, without duplicates.
    pub(super) fn causes_of_all(&mut self, difference: &Difference) {
        let mut known: Vec<Cause> = Vec::new();
        for cause in difference.changes.iter().flat_map(|change| &change.causes) {
            if !known.contains(cause) {
                known.push(cause.clone());
            }
        }
        self.causes(&known, "      ");
    }

    /// Writes a dimmed line.
    pub(super) fn dim(&mut self, line: &str) {
        self.put(&[DIM], line);
        self.text.push('\n');
    }

    fn difference(&mut self, difference: &Difference, own: &[&Change]) {
        self.head(difference);
        let own_together = together(own);
        for (at, changes) in own_together.iter().enumerate() {
            match (changes.as_slice(), as_one(changes)) {
                ([change], _) => {
                    self.change_before(change, next_of_same_line(&own_together, at));
                }
                (_, Some(one)) => self.change(&one, &one.causes, places(changes)),
                _ => {}
            }
        }
        if own.len() < difference.changes.len() {
            let shared = counted(difference.changes.len() - own.len(), "change");
            self.put(&[DIM], &format!("    · and {shared} listed above, as in other objects"));
            self.text.push('\n');
        }
    }

    fn group(&mut self, comparison: &Comparison, grouped: &Grouped<'_>, number: usize) {
        let group = &grouped.groups[number];
        let changes = if group.changes.len() == 1 { "change" } else { "changes" };
        self.put(&[YELLOW, BOLD], &format!("~ {} with the same {changes}", counted(group.objects.len(), "object")));
        self.text.push('\n');
        for shared in &group.changes {
            let places = (shared.paths.len() > 1).then(|| format!("in {}", paths(&shared.paths)));
            let origin = shared.change.origin.as_deref().map(place_of);
            self.change(&shared.change, &shared.change.causes, origin.into_iter().chain(places));
        }
        for part in grouped.parts(comparison, number) {
            self.impacts(part.impacts);
            for names in names_by_kind(&part.objects) {
                wrap(&names, "      ", &mut self.text);
            }
        }
    }

    fn upgrade(&mut self, upgrade: &Upgrade) {
        let line = |writer: &mut Writer, styles: &[&str], text: &str| {
            writer.put(styles, &printable(text));
            writer.text.push('\n');
        };
        line(self, &[BOLD], &format!("values, {}", upgrade.title()));
        for note in upgrade_notes(upgrade) {
            let (style, mark) = if note.is_warning { (YELLOW, "!") } else { (DIM, "·") };
            line(self, &[style], &format!("    {mark} {}", note.heading()));
            for detail in &note.details {
                match note.is_warning {
                    true => line(self, &[DIM], &format!("      {detail}")),
                    false => line(self, &[YELLOW], &format!("    ~ {detail}")),
                }
            }
        }
    }

    fn ignored(&mut self, ignored: &Ignored) {
        for line in ignored_lines(ignored) {
            self.put(&[DIM], &printable(&line));
            self.text.push('\n');
        }
    }

    fn impacts(&mut self, impacts: &[Impact]) {
        for impact in impacts {
            let (mark, color) = match impact.level {
                ImpactLevel::Info => ("·", DIM),
                ImpactLevel::Warning => ("!", YELLOW),
                ImpactLevel::Rejected => ("✗", RED),
            };
            self.put(&[color], &format!("    {mark} {}", printable(&impact.text())));
            self.text.push('\n');
            if let Some(remedy) = &impact.remedy {
                self.put(&[DIM], &format!("      help: {}", printable(remedy)));
                self.text.push('\n');
            }
        }
    }

    /// Writes a change. `next` follows it and comes from the same template line, which only the last change names. The same
    /// applies to the values, if they are equal.
    fn change_before(&mut self, change: &Change, next: Option<&Change>) {
        // Below a block, the values would be too far away.
        let has_same_causes = next.is_some_and(|next| next.causes == change.causes)
            && change_lines(change, self.options.context).len() == 1;
        let causes = if has_same_causes { &[] } else { change.causes.as_slice() };
        let origin = change.origin.as_deref().filter(|_| next.is_none());
        self.change(change, causes, origin.map(place_of).into_iter());
    }

    fn change(&mut self, change: &Change, causes: &[Cause], places: impl Iterator<Item = String>) {
        let mut places = Some(places);
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
                self.causes(causes, "        ");
                places.take().into_iter().flatten().for_each(|place| self.dim(&format!("        {place}")));
            }
        }
    }

    fn causes(&mut self, causes: &[Cause], indent: &str) {
        for line in cause_lines(causes) {
            self.put(&[DIM], &format!("{indent}{line}"));
            self.text.push('\n');
        }
    }

    pub(super) fn put(&mut self, styles: &[&str], text: &str) {
        if !self.options.color || styles.iter().all(|style| style.is_empty()) {
            self.text.push_str(text);
            return;
        }
        let _ = write!(self.text, "{}{text}{PLAIN}", styles.concat());
    }
}
