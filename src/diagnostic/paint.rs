//! Colours of text for people, the same in every command: those of cargo and git.

use std::borrow::Cow;

/// Colours text, or leaves it as it is.
///
/// ```
/// use mim_chart::diagnostic::Paint;
///
/// assert_eq!(Paint::new(true).green("+1"), "\x1b[32m+1\x1b[0m");
/// assert_eq!(Paint::default().green("+1"), "+1");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    /// Colours text if `is_on`.
    pub fn new(is_on: bool) -> Paint {
        Paint { is_on }
    }

    /// Headings and names.
    pub fn bold(self, text: &str) -> Cow<'_, str> {
        self.with("1", text)
    }

    /// What matters less: places, comments.
    pub fn dim(self, text: &str) -> Cow<'_, str> {
        self.with("2", text)
    }

    /// What is removed.
    pub fn red(self, text: &str) -> Cow<'_, str> {
        self.with("31", text)
    }

    /// What is added, and what wins.
    pub fn green(self, text: &str) -> Cow<'_, str> {
        self.with("32", text)
    }

    /// Keys.
    pub fn cyan(self, text: &str) -> Cow<'_, str> {
        self.with("36", text)
    }

    /// The word for a severity.
    pub fn severity(self, severity: super::Severity, text: &str) -> Cow<'_, str> {
        let code = match severity {
            super::Severity::Error => "1;31",
            super::Severity::Warning => "1;33",
            super::Severity::Info => "1;34",
        };
        self.with(code, text)
    }

    fn with<'t>(self, code: &str, text: &'t str) -> Cow<'t, str> {
        if self.is_on && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m").into() } else { text.into() }
    }
}
