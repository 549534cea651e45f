//! Hooks: manifests that Helm runs at certain points in the life of a release, marked by the annotation `helm.sh/hook`.

use super::identify::Head;
use crate::diagnostic::{Diagnostic, Severity, Span, printable};

const ANNOTATION: &str = "helm.sh/hook";

/// The events that Helm accepts in the annotation.
const EVENTS: [&str; 10] = [
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
];

/// The events that a hook runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The events in lower case, in the order of the annotation.
    pub events: Vec<String>,
}

impl Hook {
    /// Returns the hook that a document's annotations declare, if any.
    ///
    /// # Errors
    /// The annotation's value, if it names an event that Helm does not know.
    pub(super) fn parse(head: &Head) -> Result<Option<Hook>, String> {
        let Some((_, raw)) = head.annotations.iter().find(|(key, _)| key == ANNOTATION) else { return Ok(None) };
        let events: Vec<String> = raw.split(',').map(|event| event.trim().to_lowercase()).collect();
        if events.iter().all(|event| EVENTS.contains(&event.as_str())) {
            Ok(Some(Hook { events }))
        } else {
            Err(raw.clone())
        }
    }

    /// Whether it is a test, which only `helm test` runs.
    pub fn is_test(&self) -> bool {
        self.events.iter().any(|event| event == "test" || event == "test-success")
    }
}

/// The warning for a document that Helm skips because its hook names an unknown event.
pub(super) fn unknown(raw: &str, document: Span) -> Diagnostic {
    let path = document.source().map_or("", |source| source.name());
    let message = format!("skipping unknown hooks in {}: hookTypes={}", printable(path), printable(raw));
    Diagnostic::new(Severity::Warning, "unknown-hook", message)
        .help(format!("the document is skipped, as Helm does; the events are {}", EVENTS.join(", ")))
}
