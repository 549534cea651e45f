//! Results of evaluations that are remembered, so that a schema that is reached on many ways is evaluated once.

use std::collections::HashMap;

use super::violation::Finding;
use super::violation::Violation;

/// How many bytes the remembered results may take. When they are full, it begins again from nothing.
const BYTES: usize = 64 << 20;
/// What a result takes besides its list of members.
const ENTRY: usize = 96;

/// What the result of an evaluation depends on. The place in the values does not matter: only messages have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The identity of the schema.
    pub(super) schema: usize,
    /// The identity of the instance.
    pub(super) instance: usize,
    /// The resources that led to the schema, by the number they have as a sequence.
    pub(super) scope: u32,
    /// Whether the caller asks which members have been evaluated.
    pub(super) asks: bool,
}

/// How much of what is wrong an evaluation has to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Whether something is wrong.
    Verdict,
    /// How many violations there are.
    Count,
    /// The violations.
    Messages,
}

#[derive(Debug)]
enum Result {
    Passed(Vec<bool>),
    Failed,
    /// With the number of violations.
    FailedWith(u64),
}

/// The remembered results.
#[derive(Debug, Default)]
pub(super) struct Memo {
    results: HashMap<Key, Result, ahash::RandomState>,
    bytes: usize,
}

impl Memo {
    /// The result of an earlier evaluation, if it says as much as is asked.
    pub(super) fn recall(&self, key: &Key, detail: Detail) -> Option<Finding> {
        match (self.results.get(key)?, detail) {
            (Result::Passed(unevaluated), _) => Some(Ok(unevaluated.clone())),
            (Result::Failed | Result::FailedWith(_), Detail::Verdict) => Some(Err(Box::default())),
            (Result::FailedWith(violations), Detail::Count) => Some(Err(Box::new(Violation::left_out(*violations)))),
            _ => None,
        }
    }

    /// Remembers a result. Violations with their messages are not kept.
    pub(super) fn remember(&mut self, key: Key, finding: &Finding, detail: Detail) {
        let result = match (finding, detail) {
            (Ok(unevaluated), _) => Result::Passed(unevaluated.clone()),
            (Err(_), Detail::Verdict) => Result::Failed,
            (Err(violation), Detail::Count) if violation.message.is_empty() => Result::FailedWith(violation.omitted),
            _ => return,
        };
        if let Result::Passed(members) = &result {
            self.bytes += members.len();
        }
        self.bytes += ENTRY;
        if self.bytes > BYTES {
            *self = Memo { bytes: ENTRY, ..Memo::default() };
        }
        self.results.insert(key, result);
    }
}
