//! Splits a tag into tokens, as Tera's lexer does.

use std::ops::Range;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Word,
    Sign,
}

/// A word, text, number or sign in a tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// The byte of the template where it begins.
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// Splits a part of a text into tokens; `None` if Tera would not accept it.
pub(super) fn tokens(text: &str, range: Range<usize>) -> Option<Vec<Token<'_>>> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let rest = text.get(at..range.end)?;
        let first = *rest.as_bytes().first()?;
        let (kind, length) = match first {
            _ if first.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'"' | b'\'' | b'`' => (Kind::Text, text_length(rest.as_bytes())?),
            b'0'..=b'9' => (Kind::Number, number_length(rest.as_bytes())),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
                (Kind::Word, rest.as_bytes().iter().take_while(is_word).count())
            }
            _ if rest.starts_with("...") => (Kind::Sign, 3),
            _ if ["//", "**", "==", "!=", ">=", "<=", "</", "?.", "?["].iter().any(|sign| rest.starts_with(sign)) => {
                (Kind::Sign, 2)
            }
            _ if first.is_ascii_punctuation() => (Kind::Sign, 1),
            _ => return None,
        };
        found.push(Token { kind, text: rest.get(..length)?, start: at });
        at += length;
    }
    Some(found)
}

/// Returns the length of the string literal at the start, including its quotes.
fn text_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            b'\\' => at += 2,
            byte if byte == bytes[0] => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn number_length(bytes: &[u8]) -> usize {
    let mut is_float = false;
    let is_number = |byte: &&u8| byte.is_ascii_digit() || (**byte == b'.' && !std::mem::replace(&mut is_float, true));
    bytes.iter().take_while(is_number).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_split_into_tokens() {
        let text = "a.b?.c[1.5] // 'it\\'s' ~...x";
        let found: Vec<&str> = tokens(text, 0..text.len()).unwrap().iter().map(|token| token.text).collect();
        assert_eq!(found, ["a", ".", "b", "?.", "c", "[", "1.5", "]", "//", "'it\\'s'", "~", "...", "x"]);
        assert!(tokens("'open", 0..5).is_none());
        assert!(tokens("ä", 0..2).is_none());
    }
}
