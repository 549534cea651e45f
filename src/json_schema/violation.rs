//! What is wrong with a value, as a tree.

use super::path::Path;
use super::wording::{count, quote};
use crate::diagnostic::{Diagnostic, Label, Span};

/// How many places of violations a diagnostic marks.
const MOST_LABELS: usize = 1000;
/// The bytes of the texts at these places.
const MOST_LABEL_BYTES: usize = 1 << 20;

/// What a schema finds: nothing wrong (and which members of the instance it has not looked at), or something.
pub(super) type Finding = Result<Vec<bool>, Box<Violation>>;

/// One thing that is wrong with a value.
#[derive(Debug, Clone, Default)]
pub struct Violation {
    /// The place in the values: keys, and the numbers of list items.
    pub instance_path: Vec<String>,
    /// Helm's message for it, without the place (`got string, want integer`).
    pub message: String,
    /// Who wrote the value.
    pub instance_span: Span,
    /// The members of the value that are to blame, where it isn't the whole of it: keys that are not allowed.
    pub culprits: Vec<Span>,
    /// What to do about it.
    pub help: Option<String>,
    /// The reasons, where there are several.
    pub children: Vec<Violation>,
    /// Whether its reasons are those of the schemas that `allOf`, `anyOf` or `oneOf` combines.
    pub is_combination: bool,
    /// Whether it only holds several violations of one schema together.
    pub(super) is_group: bool,
    /// How many violations are left out of the list here: below this one, or with it where it has no message.
    pub(super) omitted: u64,
    /// Whether it is the last line of a list, which says how many violations are not in it.
    pub(super) is_rest: bool,
}

impl Violation {
    /// Violations that are not listed, one for all of them.
    pub(super) fn left_out(violations: u64) -> Self {
        Violation { omitted: violations, ..Violation::default() }
    }

    /// Whether nothing of it is listed.
    pub(super) fn is_left_out(&self) -> bool {
        self.omitted > 0 && self.message.is_empty()
    }

    /// How many violations are left out of a list, at any depth.
    fn count_omitted(violations: &[Violation]) -> u64 {
        let of = |violation: &Violation| violation.omitted.saturating_add(Self::count_omitted(&violation.children));
        violations.iter().map(of).fold(0, u64::saturating_add)
    }

    /// The last line of a list that says how many violations are not in it; `None` if all are.
    pub(super) fn rest(violations: &[Violation]) -> Option<Self> {
        let message = match Self::count_omitted(violations) {
            0 => return None,
            u64::MAX => "more violations than can be counted are not listed".to_owned(),
            1 => "1 more violation is not listed".to_owned(),
            more => format!("{} more violations are not listed", count(usize::try_from(more).unwrap_or(usize::MAX))),
        };
        Some(Violation { message, is_rest: true, ..Violation::default() })
    }

    /// Points a diagnostic at the places of the violations that have no further reasons.
    pub(super) fn label(violations: &[Violation], diagnostic: &mut Diagnostic) {
        let mut bytes = diagnostic.labels.iter().map(|label| label.text.len()).sum();
        Self::label_leaves(violations, diagnostic, &mut bytes);
    }

    fn label_leaves(violations: &[Violation], diagnostic: &mut Diagnostic, bytes: &mut usize) {
        for violation in violations {
            if !violation.children.is_empty() {
                Self::label_leaves(&violation.children, diagnostic, bytes);
                continue;
            }
            let own = std::slice::from_ref(&violation.instance_span);
            let places = if violation.culprits.is_empty() { own } else { &violation.culprits };
            for place in places {
                if diagnostic.labels.len() >= MOST_LABELS || *bytes >= MOST_LABEL_BYTES {
                    break;
                }
                *bytes += point(diagnostic, place, &violation.message);
            }
            if let Some(help) = violation.help.as_ref().filter(|help| !diagnostic.help.contains(help)) {
                diagnostic.help.push(help.clone());
            }
        }
    }
}

/// The violations as Helm lists them: `- at '/replicaCount': got string, want integer`, each with a line break.
pub fn lines(violations: &[Violation]) -> String {
    let mut text = String::new();
    push_lines(violations, 0, &mut text);
    text
}

fn push_lines(violations: &[Violation], level: usize, text: &mut String) {
    for violation in violations {
        if violation.is_rest {
            text.extend(["- ", &violation.message, "\n"]);
            continue;
        }
        let place = quote(&Path::pointer(&violation.instance_path));
        text.extend(std::iter::repeat_n("  ", level));
        text.extend(["- at ", &place, ": ", &violation.message, "\n"]);
        push_lines(&violation.children, level + 1, text);
    }
}

/// Adds a label; what is said about the same place twice (the branches of an `anyOf`) is said in one. Gives how many bytes
/// the texts have grown by.
fn point(diagnostic: &mut Diagnostic, place: &Span, text: &str) -> usize {
    if place.source().is_none() {
        return 0;
    }
    match diagnostic.labels.iter_mut().find(|label| label.span == *place) {
        Some(label) if label.text.split("; ").any(|said| said == text) => return 0,
        Some(label) => label.text.extend(["; ", text]),
        None => diagnostic.labels.push(Label { span: place.clone(), text: text.to_owned() }),
    }
    text.len()
}

/// The violations that a schema finds, one after the other.
#[derive(Debug, Default)]
pub(super) struct Violations {
    /// Those of which something is listed.
    pub(super) listed: Vec<Violation>,
    /// How many are not among them.
    unlisted: usize,
    /// How many these are with all below them.
    omitted: u64,
}

impl Violations {
    pub(super) fn push(&mut self, violation: Violation) {
        if violation.is_left_out() {
            self.unlisted += 1;
            self.omitted = self.omitted.saturating_add(violation.omitted);
        } else {
            self.listed.push(violation);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty() && self.unlisted == 0
    }

    pub(super) fn len(&self) -> usize {
        self.listed.len() + self.unlisted
    }

    /// How many are left out that no listed one counts.
    pub(super) fn omitted(&self) -> u64 {
        self.omitted
    }
}
