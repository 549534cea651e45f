//! Caches the results of evaluations, so that a schema reached by many paths is evaluated only once.

use std::collections::HashMap;

use super::violation::Finding;
use super::violation::Violation;

/// The maximum size of the cached results, in bytes. When it is reached, the cache is emptied.
const BYTES: usize = 64 << 20;
/// The size of a result without its list of members, in bytes.
const ENTRY: usize = 96;

/// The inputs that determine the result of an evaluation. The place in the values is not among them: it appears
/// only in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The identity of the schema.
    pub(super) schema: usize,
    /// The identity of the instance.
    pub(super) instance: usize,
    /// The number of the sequence of resources that led to the schema.
    pub(super) scope: u32,
    /// Whether the caller needs to know which members have been evaluated.
    pub(super) track_unevaluated: bool,
}

/// How much detail about violations an evaluation must return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Whether there are violations.
    Verdict,
    /// How many violations there are.
    Count,
    /// The violations.
    Messages,
}

#[derive(Debug)]
enum Outcome {
    Passed(Vec<bool>),
    Failed,
    /// Failed, with the number of violations.
    FailedWith(u64),
}

/// The cached results.
#[derive(Debug, Default)]
pub(super) struct Memo {
    results: HashMap<Key, Outcome, ahash::RandomState>,
    bytes: usize,
}

impl Memo {
    /// Returns the result of an earlier evaluation, if it has the requested detail.
    pub(super) fn recall(&self, key: &Key, detail: Detail) -> Option<Finding> {
        match (self.results.get(key)?, detail) {
            (Outcome::Passed(unevaluated), _) => Some(Ok(unevaluated.clone())),
            (Outcome::Failed | Outcome::FailedWith(_), Detail::Verdict) => Some(Err(Box::default())),
            (Outcome::FailedWith(violations), Detail::Count) => Some(Err(Box::new(Violation::omitted(*violations)))),
            _ => None,
        }
    }

    /// Caches a result. Violations with messages are not kept.
    pub(super) fn remember(&mut self, key: Key, finding: &Finding, detail: Detail) {
        let result = match (finding, detail) {
            (Ok(unevaluated), _) => Outcome::Passed(unevaluated.clone()),
            (Err(_), Detail::Verdict) => Outcome::Failed,
            (Err(violation), Detail::Count) if violation.message.is_empty() => Outcome::FailedWith(violation.omitted),
            _ => return,
        };
        if let Outcome::Passed(members) = &result {
            self.bytes += members.len();
        }
        self.bytes += ENTRY;
        if self.bytes > BYTES {
            *self = Memo { bytes: ENTRY, ..Memo::default() };
        }
        self.results.insert(key, result);
    }
}
