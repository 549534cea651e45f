//! The result of a comparison, as data.

use super::cause::Cause;
use super::compare::Change;
use super::impact::Impact;
use super::origin::Origin;
use super::upgrade::Upgrade;
use crate::diagnostic::counted;
use crate::kubernetes::Id;

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Only the new side has it.
    Added,
    /// Only the old side has it.
    Removed,
    /// Some of its fields changed.
    Changed,
    /// It has another name, and is otherwise the same.
    Renamed,
    /// Only its form differs: comments, quotes or the order of keys.
    Rewritten,
}

impl Status {
    /// Returns the status in lower case, as in the summary.
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

/// An object that differs between the two sides.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What happened to it.
    pub status: Status,
    /// Its identity, on the new side if it is there.
    pub id: Id,
    /// Where it comes from: the path of a template or of a file.
    pub origin: String,
    /// Its old name, if it was renamed.
    pub old_name: Option<String>,
    /// The fields that changed; empty if the object was added or removed.
    pub changes: Vec<Change>,
    /// The values that caused the object to be added or removed, where they are known.
    pub causes: Vec<Cause>,
    /// The effects in a cluster.
    pub impacts: Vec<Impact>,
    /// The template line that its first line comes from, if its side was rendered by an engine that records it.
    pub line: Option<Origin>,
    /// The text of the old object; empty if it was added.
    pub old_text: String,
    /// The text of the new object; empty if it was removed.
    pub new_text: String,
}

impl Difference {
    /// Returns its identity on the old side.
    pub fn old_id(&self) -> Id {
        Id { name: self.old_name.as_ref().unwrap_or(&self.id.name).clone(), ..self.id.clone() }
    }
}

/// The result of comparing two sides.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The objects that differ: those of the new side in its order, then removed ones.
    pub differences: Vec<Difference>,
    /// The number of unchanged objects.
    pub unchanged: usize,
    /// The changes that rules ignored.
    pub ignored: Ignored,
    /// How the user's values fare, if the two sides are different charts.
    pub upgrade: Option<Upgrade>,
}

/// The changes that rules ignored in a comparison.
#[derive(Debug, Clone, Default)]
pub struct Ignored {
    /// The number of ignored changes.
    pub changes: usize,
    /// The number of objects with ignored changes.
    pub objects_with_ignored: usize,
    /// The number of objects with no other changes, which are not shown.
    pub objects: usize,
    /// The number of changes that each rule ignored, in descending order.
    pub by: Vec<IgnoredBy>,
    /// The file of ignore rules, and the number of rules in it.
    pub file: Option<(String, usize)>,
}

/// The number of changes that a rule ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredBy {
    /// The rule as it was written.
    pub rule: String,
    /// The number of changes.
    pub changes: usize,
}

impl Ignored {
    /// Returns `12 changes in 9 objects (helm.sh/chart 9, checksum/* 3)`; `None` if no change was ignored.
    pub(super) fn text(&self) -> Option<String> {
        let by: Vec<String> = self.by.iter().map(|by| format!("{} {}", by.rule, by.changes)).collect();
        let (changes, objects) = (counted(self.changes, "change"), counted(self.objects_with_ignored, "object"));
        (self.changes > 0).then(|| format!("{changes} in {objects} ({})", by.join(", ")))
    }

    /// Returns `charts/web/.mim-chart-ignore, 3 rules`; `None` if no file was read.
    pub(super) fn file_text(&self) -> Option<String> {
        self.file.as_ref().map(|(path, count)| format!("{path}, {}", counted(*count, "rule")))
    }
}

impl Comparison {
    /// Restores the objects for which `is_needed` holds. `whole` is the comparison of the same sides in which nothing is ignored.
    pub fn restore_ignored(&mut self, whole: Comparison, is_needed: impl Fn(&Difference) -> bool) {
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
            self.ignored.objects_with_ignored -= usize::from(folded > 0).min(self.ignored.objects_with_ignored);
            self.ignored.changes -= folded.min(self.ignored.changes);
            self.differences.push(difference);
        }
        self.differences.extend(here);
    }

    /// Returns the number of objects with a status.
    pub fn count(&self, status: Status) -> usize {
        self.differences.iter().filter(|difference| difference.status == status).count()
    }

    /// Whether nothing differs that affects a cluster, and no value of the user lost its effect.
    pub fn is_empty(&self) -> bool {
        !self.upgrade.as_ref().is_some_and(Upgrade::has_lost_effect)
            && self.differences.iter().all(|difference| difference.status == Status::Rewritten)
    }

    /// Returns `2 changed, 1 added, 5 unchanged`.
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
