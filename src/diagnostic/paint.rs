//! Colors text for people, with the colors of cargo and git, the same in all commands.

use std::borrow::Cow;

/// Colors text, or leaves it unchanged.
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
    /// Creates a paint that colors text only if `is_on`.
    pub fn new(is_on: bool) -> Paint {
        Paint { is_on }
    }

    /// Returns text in the style of headings and names.
    pub fn bold(self, text: &str) -> Cow<'_, str> {
        self.with("1", text)
    }

    /// Returns text in the style of less important parts, such as places and comments.
    pub fn dim(self, text: &str) -> Cow<'_, str> {
        self.with("2", text)
    }

    /// Returns text in the color of removals.
    pub fn red(self, text: &str) -> Cow<'_, str> {
        self.with("31", text)
    }

    /// Returns text in the color of additions and of values that take precedence.
    pub fn green(self, text: &str) -> Cow<'_, str> {
        self.with("32", text)
    }

    /// Returns text in the color of keys.
    pub fn cyan(self, text: &str) -> Cow<'_, str> {
        self.with("36", text)
    }

    /// Returns text in the color of a severity.
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
