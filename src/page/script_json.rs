//! JSON in a block of data of a page.

use crate::diagnostic::{printable_json, printable_line};
use crate::json;
use crate::yaml::Value;

/// A line that is longer is cut: no browser shows megabytes in a line.
const LONGEST: usize = 2_000;

/// JSON that is being written.
#[derive(Default)]
pub(super) struct ScriptJson(String);

impl ScriptJson {
    /// Brackets, commas, and names of our own.
    pub(super) fn raw(&mut self, text: &'static str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    /// A number.
    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// A number, or -1 for none.
    pub(super) fn optional_number(&mut self, number: Option<usize>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.raw("-1"),
        }
    }

    /// A line of anybody's text, with what is hidden in it shown.
    pub(super) fn line(&mut self, line: &str) -> &mut Self {
        let line = printable_line(line);
        let text = match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}… ({} more bytes)", &line[..end], line.len() - end),
            None => line.into_owned(),
        };
        let json = json::write(&Value::String(text));
        for c in printable_json(&json).chars() {
            match c {
                // Nothing ends the block, or begins a comment in it.
                '<' => self.0.push_str("\\u003c"),
                '>' => self.0.push_str("\\u003e"),
                '&' => self.0.push_str("\\u0026"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// A list.
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

    /// What was written apart.
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
        json.line(&"ä".repeat(LONGEST + 3));
        assert_eq!(json.as_str(), format!("\"{}… (6 more bytes)\"", "ä".repeat(LONGEST)));
    }

    proptest! {
        #[test]
        fn a_line_stays_in_its_block(line in "(\\PC|[<>&\"/!\\\\-]|</script>|<!--){0,40}") {
            let mut json = ScriptJson::default();
            json.line(&line);
            prop_assert!(!json.as_str().contains(['<', '>', '&', '\n']), "{}", json.as_str());
            let read: String = serde_json::from_str(json.as_str()).unwrap();
            prop_assert_eq!(read, printable_line(&line).into_owned());
        }
    }
}
