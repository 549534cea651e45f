//! Builds the JSON that a page has for its script, in `<script type="application/json">`.

use crate::diagnostic::{counted, printable_json, printable_line};
use crate::json;
use crate::yaml::Value;

/// Longer lines are cut, in characters: browsers can't show lines of megabytes.
const MAX_LENGTH: usize = 2_000;

/// JSON under construction.
#[derive(Default)]
pub(super) struct ScriptJson(String);

impl ScriptJson {
    /// Appends brackets, commas or names, which can only be literals of the program.
    pub(super) fn raw(&mut self, text: &'static str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    /// Appends a number.
    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// Appends a number, or -1 for `None`.
    pub(super) fn optional_number(&mut self, number: Option<usize>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.raw("-1"),
        }
    }

    /// Appends a line of untrusted text as a string; invisible characters are made visible.
    pub(super) fn line(&mut self, line: &str) -> &mut Self {
        let line = printable_line(line);
        let text = match line.char_indices().nth(MAX_LENGTH) {
            Some((end, _)) => format!("{}… ({})", &line[..end], counted(line.len() - end, "more byte")),
            None => line.into_owned(),
        };
        let json = json::write(&Value::String(text));
        for c in printable_json(&json).chars() {
            match c {
                // Without these characters, the text can't close the script element or open a comment in it.
                '<' => self.0.push_str("\\u003c"),
                '>' => self.0.push_str("\\u003e"),
                '&' => self.0.push_str("\\u0026"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Appends a list; `write` appends each item.
    pub(super) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.raw("[");
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.raw(",");
            }
            write(self, item);
        }
        self.raw("]")
    }

    /// Appends other JSON.
    pub(super) fn append(&mut self, other: &ScriptJson) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_lines_are_cut() {
        let mut json = ScriptJson::default();
        json.line(&"ä".repeat(MAX_LENGTH + 3));
        assert_eq!(json.as_str(), format!("\"{}… (6 more bytes)\"", "ä".repeat(MAX_LENGTH)));
    }

    proptest! {
        #[test]
        fn a_line_cannot_end_its_script_element(line in "(\\PC|[<>&\"/!\\\\-]|</script>|<!--){0,40}") {
            let mut json = ScriptJson::default();
            json.line(&line);
            prop_assert!(!json.as_str().contains(['<', '>', '&', '\n']), "{}", json.as_str());
            let read: String = serde_json::from_str(json.as_str()).unwrap();
            prop_assert_eq!(read, printable_line(&line).into_owned());
        }
    }
}
