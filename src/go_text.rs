//! Text as Go's `%q` quotes it, which many of Helm's messages do.

/// A character as Go's `%q` writes it.
pub fn quote_char(c: char) -> String {
    let mut quoted = String::from("'");
    match c {
        '\'' => quoted.push_str("\\'"),
        '\\' => quoted.push_str("\\\\"),
        _ => push_escaped(&mut quoted, c),
    }
    quoted.push('\'');
    quoted
}

/// A string in double quotes, as Go's `%q` writes it.
pub fn quote_double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            _ => push_escaped(&mut quoted, c),
        }
    }
    quoted.push('"');
    quoted
}

pub(crate) fn push_escaped(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0b' => out.push_str("\\v"),
        '\x0c' => out.push_str("\\f"),
        ' '..='~' => out.push(c),
        _ if is_printable(c) => out.push(c),
        _ if u32::from(c) < 0x80 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
        _ if u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        _ => out.push_str(&format!("\\U{:08x}", u32::from(c))),
    }
}

/// Whether Go prints the character as it is. Rust's own escaping of text has nearly the same table; a combining
/// mark, which it escapes only at the beginning, is looked at behind a letter.
fn is_printable(c: char) -> bool {
    let behind_a_letter: String = ['a', c].iter().collect();
    behind_a_letter.escape_debug().eq(['a', c])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_quote_is_escaped() {
        assert_eq!(quote_char('\''), "'\\''");
        assert_eq!(quote_char('"'), "'\"'");
        assert_eq!(quote_double("a\"'\u{301}"), "\"a\\\"'\u{301}\"");
        assert_eq!(quote_double("\n\u{1}\u{200b}"), "\"\\n\\x01\\u200b\"");
    }
}
