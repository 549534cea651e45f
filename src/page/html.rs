//! Builds HTML in which text from outside is always escaped.

use crate::diagnostic::printable;

/// An HTML fragment under construction.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    /// Appends markup, which can only be a literal of the program.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Appends a number.
    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// Appends untrusted text, escaped for use between tags or in a quoted attribute; invisible characters are made visible.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in printable(text).chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Appends another fragment.
    pub(super) fn part(&mut self, part: &Html) -> &mut Self {
        self.0.push_str(&part.0);
        self
    }

    /// Appends JSON, which [`ScriptJson`](super::script_json::ScriptJson) has escaped for HTML.
    pub(super) fn data(&mut self, json: &super::script_json::ScriptJson) -> &mut Self {
        self.0.push_str(json.as_str());
        self
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_is_escaped(text in "(\\PC|[<>&\"'\u{0}\u{1b}\u{202e}]){0,40}") {
            let mut html = Html::default();
            html.text(&text);
            let html = html.finish();
            prop_assert!(!html.contains(['<', '>', '"', '\'', '\0', '\u{1b}', '\u{202e}']), "{html:?}");
        }
    }
}
