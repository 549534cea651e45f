//! Strings as Go's `encoding/json` writes them.

/// Appends a character as escaped in a JSON string; with `html`, `<`, `>` and `&` are escaped too.
pub fn push_escaped(out: &mut String, character: char, html: bool) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '<' | '>' | '&' if html => push_code(out, character),
        '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => push_code(out, character),
        _ => out.push(character),
    }
}

fn push_code(out: &mut String, character: char) {
    out.push_str(&format!("\\u{:04x}", u32::from(character)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_required_characters_are_escaped() {
        let escaped = |html| {
            "a\"\\\n\u{1}<é\u{2028}\u{7f}".chars().fold(String::new(), |mut out, character| {
                push_escaped(&mut out, character, html);
                out
            })
        };
        assert_eq!(escaped(false), "a\\\"\\\\\\n\\u0001<é\\u2028\u{7f}");
        assert_eq!(escaped(true), "a\\\"\\\\\\n\\u0001\\u003cé\\u2028\u{7f}");
    }
}
