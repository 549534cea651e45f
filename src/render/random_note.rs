//! The note about templates whose output is different in each run.

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::Rendered;

/// How many templates are named.
const SHOWN: usize = 5;

/// What is to be said of templates that called random functions; nothing of NOTES.txt, which is not printed.
pub(super) fn random_note(rendered: &[Rendered]) -> Option<Diagnostic> {
    let random = rendered.iter().filter(|rendered| !rendered.random.is_empty() && !rendered.notes);
    let named: Vec<String> =
        random.map(|rendered| format!("{} ({})", rendered.path, rendered.random.join(", "))).collect();
    if named.is_empty() {
        return None;
    }
    let shown = named[..named.len().min(SHOWN)].join(", ");
    let more = named.len().checked_sub(SHOWN).filter(|&more| more > 0).map(|more| format!(" and {more} more"));
    let message = format!("each run gives other random values: {shown}{}", more.unwrap_or_default());
    let note = Diagnostic::new(Severity::Info, "random", message);
    Some(note.help("--seed TEXT gives the same ones in each run; the chart may have values to set instead"))
}
