//! Where a change comes from: the line of a template, the calls around it, and the values.

use std::sync::Arc;

use crate::diagnostic::printable;
use crate::engine::{TemplateCall, TemplateLine, UsedValue};

/// Where some lines of an object come from, on one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The line of the template, or of a template string that `tpl` ran. For several lines, it is the first.
    pub place: TemplateLine,
    /// The text of that line, with secrets masked.
    pub template: String,
    /// The calls around it, innermost first.
    pub calls: Vec<TemplateCall>,
    /// The values that appear in the lines, with secrets masked.
    pub shown: Vec<Arc<UsedValue>>,
    /// The values that decided whether and how the lines are rendered.
    pub deciding: Vec<Arc<UsedValue>>,
}

impl Origin {
    /// Returns `web/templates/_helpers.tpl:12 via web/templates/deployment.yaml:7`.
    pub fn text(&self) -> String {
        const MAX: usize = 3;
        let line = |place: &TemplateLine| match place {
            TemplateLine::File(span) => match span.source().zip(span.position()) {
                Some((source, position)) => format!("{}:{}", source.name(), position.line),
                None => span.to_string(),
            },
            TemplateLine::Text { .. } => place.to_string(),
        };
        let mut text = line(&self.place);
        for call in self.calls.iter().take(MAX) {
            text.push_str(" via ");
            text.push_str(&line(&call.place));
        }
        if let Some(more @ 1..) = self.calls.len().checked_sub(MAX) {
            text.push_str(&format!(" and {more} more"));
        }
        printable(&text).into_owned()
    }

    /// Whether both are the same line, called from the same places.
    pub(super) fn is_at(&self, other: &Origin) -> bool {
        self.place == other.place && self.calls == other.calls
    }
}
