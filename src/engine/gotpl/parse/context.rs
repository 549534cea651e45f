//! The places of pipelines.

/// Where a pipeline is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Command,
    If,
    With,
    Range,
    Template,
    Block,
    Parentheses,
}

impl Context {
    /// Its name in Go's messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Context::Command => "command",
            Context::If => "if",
            Context::With => "with",
            Context::Range => "range",
            Context::Template => "template clause",
            Context::Block => "block clause",
            Context::Parentheses => "parenthesized pipeline",
        }
    }
}
