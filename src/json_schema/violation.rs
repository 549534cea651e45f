//! The violations of a value, as a tree.

use super::path::Path;
use super::wording::{count, quote};
use crate::diagnostic::{Diagnostic, Label, Span};

/// The maximum number of places that a diagnostic marks.
const MAX_LABELS: usize = 1000;
/// The maximum total size of the texts at these places, in bytes.
const MAX_LABEL_BYTES: usize = 1 << 20;

/// The result of evaluating a schema: which members of the instance it has not evaluated, or a violation.
pub(super) type Finding = Result<Vec<bool>, Box<Violation>>;

/// A violation of a schema by a value.
#[derive(Debug, Clone, Default)]
pub struct Violation {
    /// The path in the values: keys, and indices of list items.
    pub instance_path: Vec<String>,
    /// Helm's message for it, without the place (`got string, want integer`).
    pub message: String,
    /// The place where the value was written.
    pub instance_span: Span,
    /// The offending members of the value, if it is not the whole value: keys that are not allowed.
    pub culprits: Vec<Span>,
    /// Advice on fixing it.
    pub help: Option<String>,
    /// The reasons, if there are several.
    pub children: Vec<Violation>,
    /// Whether its reasons come from the schemas that `allOf`, `anyOf` or `oneOf` combines.
    pub is_combination: bool,
    /// Whether it only groups several violations of one schema.
    pub(super) is_group: bool,
    /// The number of violations left out of the list here: below this one, or including this one if it has no message.
    pub(super) omitted: u64,
    /// Whether it is the last line of a list, which says how many violations are missing.
    pub(super) is_rest: bool,
}

impl Violation {
    /// Creates a single placeholder for violations that are not listed.
    pub(super) fn omitted(violations: u64) -> Self {
        Violation { omitted: violations, ..Violation::default() }
    }

    /// Whether it is a placeholder for violations that are not listed.
    pub(super) fn is_omitted(&self) -> bool {
        self.omitted > 0 && self.message.is_empty()
    }

    /// Returns the number of violations left out of a list, at any depth.
    fn count_omitted(violations: &[Violation]) -> u64 {
        let omitted_in =
            |violation: &Violation| violation.omitted.saturating_add(Self::count_omitted(&violation.children));
        violations.iter().map(omitted_in).fold(0, u64::saturating_add)
    }

    /// Returns the last line of a list, which says how many violations are missing; `None` if none are.
    pub(super) fn rest(violations: &[Violation]) -> Option<Self> {
        let message = match Self::count_omitted(violations) {
            0 => return None,
            u64::MAX => "more violations than can be counted are not listed".to_owned(),
            1 => "1 more violation is not listed".to_owned(),
            more => format!("{} more violations are not listed", count(usize::try_from(more).unwrap_or(usize::MAX))),
        };
        Some(Violation { message, is_rest: true, ..Violation::default() })
    }

    /// Adds labels to a diagnostic at the places of the violations without further reasons.
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
                if diagnostic.labels.len() >= MAX_LABELS || *bytes >= MAX_LABEL_BYTES {
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

/// Returns the violations as Helm lists them: `- at '/replicaCount': got string, want integer`, each with a line break.
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

/// Adds a label; texts about the same place (the branches of an `anyOf`) are joined into one. Returns the number of bytes
/// by which the texts have grown.
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

/// The violations that a schema has found so far.
#[derive(Debug, Default)]
pub(super) struct Violations {
    /// The listed violations.
    pub(super) listed: Vec<Violation>,
    /// The number of the others.
    unlisted: usize,
    /// The number of the others, including all violations below them.
    omitted: u64,
}

impl Violations {
    pub(super) fn push(&mut self, violation: Violation) {
        if violation.is_omitted() {
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

    /// Returns the number of omitted violations that no listed one counts.
    pub(super) fn omitted(&self) -> u64 {
        self.omitted
    }
}
