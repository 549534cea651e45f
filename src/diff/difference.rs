//! What differs between two sides, as data.

use super::cause::Cause;
use super::compare::Change;
use super::impact::Impact;
use super::origin::Origin;
use super::upgrade::Upgrade;
use crate::kubernetes::Id;

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is new.
    Added,
    /// It is there no more.
    Removed,
    /// Some of its fields changed.
    Changed,
    /// It has another name, and is the same otherwise.
    Renamed,
    /// Only its form differs: comments, quotes, the order of keys.
    Rewritten,
}

impl Status {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Status::Added => "added",
            Status::Removed => "removed",
            Status::Changed => "changed",
            Status::Renamed => "renamed",
            Status::Rewritten => "rewritten",
        }
    }
}

/// An object that is not the same on both sides.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What became of it.
    pub status: Status,
    /// What it calls itself, on the new side where it is there.
    pub id: Id,
    /// Where it comes from: a template's path, or a file.
    pub origin: String,
    /// The name that it had before, if it has another one now.
    pub old_name: Option<String>,
    /// The fields that changed; none of an object that comes or goes.
    pub changes: Vec<Change>,
    /// The values that made the object come or go, where they are known.
    pub causes: Vec<Cause>,
    /// What it does in a cluster.
    pub impacts: Vec<Impact>,
    /// Where its first line comes from, if its side was rendered by an engine that knows.
    pub line: Option<Origin>,
    /// The object before, as text; empty if it is new.
    pub old_text: String,
    /// The object now, as text; empty if it is gone.
    pub new_text: String,
}

impl Difference {
    /// What it called itself on the old side.
    pub fn old_id(&self) -> Id {
        Id { name: self.old_name.as_ref().unwrap_or(&self.id.name).clone(), ..self.id.clone() }
    }
}

/// All that differs between two sides.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The objects that differ: those of the new side in its order, then what is gone.
    pub differences: Vec<Difference>,
    /// How many objects are the same.
    pub unchanged: usize,
    /// What was left out.
    pub ignored: Ignored,
    /// What became of values, where the two sides are charts that differ.
    pub upgrade: Option<Upgrade>,
}

/// What rules left out of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Ignored {
    /// How many changes.
    pub changes: usize,
    /// In how many objects.
    pub touched: usize,
    /// How many objects differ in nothing else, and are left out.
    pub objects: usize,
    /// How many changes each rule left out, the most first.
    pub by: Vec<IgnoredBy>,
    /// The file that rules were read from, and how many it holds.
    pub file: Option<(String, usize)>,
}

/// What one rule left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredBy {
    /// The rule as it was written.
    pub rule: String,
    /// How many changes.
    pub changes: usize,
}

impl Ignored {
    /// `12 changes in 9 objects (helm.sh/chart 9, checksum/* 3)`; `None` if there are none.
    pub(super) fn text(&self) -> Option<String> {
        let by: Vec<String> = self.by.iter().map(|by| format!("{} {}", by.rule, by.changes)).collect();
        let (changes, objects) = (counted(self.changes, "change"), counted(self.touched, "object"));
        (self.changes > 0).then(|| format!("{changes} in {objects} ({})", by.join(", ")))
    }

    /// `charts/web/.mim-chart-ignore, 3 rules`; `None` if no file was read.
    pub(super) fn file_text(&self) -> Option<String> {
        self.file.as_ref().map(|(path, count)| format!("{path}, {}", counted(*count, "rule")))
    }
}

/// `1 change`, `2 changes`
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl Comparison {
    /// Puts back, from a comparison of the same sides of which nothing was left out, the objects of which `is_needed` says so.
    pub fn put_back(&mut self, whole: Comparison, is_needed: impl Fn(&Difference) -> bool) {
        let mut here = std::mem::take(&mut self.differences).into_iter().peekable();
        for difference in whole.differences {
            let known = here.next_if(|known| known.id == difference.id && known.status == difference.status);
            if !is_needed(&difference) {
                self.differences.extend(known);
                continue;
            }
            let shown = known.as_ref().map_or(0, |known| known.changes.len());
            let folded = difference.changes.len().saturating_sub(shown);
            self.ignored.objects -= usize::from(known.is_none()).min(self.ignored.objects);
            self.ignored.touched -= usize::from(folded > 0).min(self.ignored.touched);
            self.ignored.changes -= folded.min(self.ignored.changes);
            self.differences.push(difference);
        }
        self.differences.extend(here);
    }

    /// How many objects have a status.
    pub fn count(&self, status: Status) -> usize {
        self.differences.iter().filter(|difference| difference.status == status).count()
    }

    /// Whether nothing differs that a cluster would notice, and no value of the user lost its effect.
    pub fn is_empty(&self) -> bool {
        !self.upgrade.as_ref().is_some_and(Upgrade::has_died)
            && self.differences.iter().all(|difference| difference.status == Status::Rewritten)
    }

    /// `2 changed, 1 added, 5 unchanged`
    pub fn summary(&self) -> String {
        let statuses = [Status::Changed, Status::Added, Status::Removed, Status::Renamed, Status::Rewritten];
        let mut parts: Vec<String> = statuses
            .into_iter()
            .map(|status| (self.count(status), status.word()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        if parts.is_empty() {
            parts.push("no differences".to_owned());
        }
        if self.ignored.objects > 0 {
            parts.push(format!("{} ignored", self.ignored.objects));
        }
        parts.push(format!("{} unchanged", self.unchanged));
        parts.join(", ")
    }
}
