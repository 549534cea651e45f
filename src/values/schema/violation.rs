//! What is wrong with a value, as a tree.

use crate::diagnostic::{Diagnostic, Span};

/// One thing that is wrong with a value.
#[derive(Debug, Clone, Default)]
pub struct Violation {
    /// The place in the values: keys, and the numbers of list items.
    pub instance_path: Vec<String>,
    /// Helm's words for it, without the place (`got string, want integer`).
    pub message: String,
    /// Who wrote the value.
    pub instance_span: Span,
    /// The members of the value that are to blame, where it isn't the whole of it: keys that are not allowed.
    pub culprits: Vec<Span>,
    /// What to do about it.
    pub help: Option<String>,
    /// The reasons, where there are several.
    pub children: Vec<Violation>,
    /// Whether it only holds several violations of one schema together.
    pub(super) is_group: bool,
}

impl Violation {
    /// Points a diagnostic at the places of the violations that have no further reasons.
    pub(super) fn label(violations: &[Violation], diagnostic: &mut Diagnostic) {
        for violation in violations {
            if !violation.children.is_empty() {
                Self::label(&violation.children, diagnostic);
                continue;
            }
            let own = std::slice::from_ref(&violation.instance_span);
            let places = if violation.culprits.is_empty() { own } else { &violation.culprits };
            for place in places {
                point(diagnostic, place, &violation.message);
            }
            if let Some(help) = violation.help.as_ref().filter(|help| !diagnostic.help.contains(help)) {
                diagnostic.help.push(help.clone());
            }
        }
    }
}

/// Adds a label; what is said about the same place twice (the branches of an `anyOf`) is said in one.
fn point(diagnostic: &mut Diagnostic, place: &Span, text: &str) {
    if place.source().is_none() {
        return;
    }
    match diagnostic.labels.iter_mut().find(|label| label.span == *place) {
        Some(label) if label.text.split("; ").any(|said| said == text) => {}
        Some(label) => label.text = format!("{}; {text}", label.text),
        None => diagnostic.labels.push(crate::diagnostic::Label { span: place.clone(), text: text.to_owned() }),
    }
}
