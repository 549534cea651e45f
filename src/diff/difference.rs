//! What differs between two sides, as data.

use super::cause::Cause;
use super::compare::Change;
use super::impact::Impact;
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
    /// The object before, as text; empty if it is new.
    pub old_text: String,
    /// The object now, as text; empty if it is gone.
    pub new_text: String,
}

/// All that differs between two sides.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The objects that differ: those of the new side in its order, then what is gone.
    pub differences: Vec<Difference>,
    /// How many objects are the same.
    pub unchanged: usize,
}

impl Comparison {
    /// How many objects have a status.
    pub fn count(&self, status: Status) -> usize {
        self.differences.iter().filter(|difference| difference.status == status).count()
    }

    /// Whether nothing differs that a cluster would notice.
    pub fn is_empty(&self) -> bool {
        self.differences.iter().all(|difference| difference.status == Status::Rewritten)
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
        parts.push(format!("{} unchanged", self.unchanged));
        parts.join(", ")
    }
}
