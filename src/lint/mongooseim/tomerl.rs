//! Valid TOML that tomerl, MongooseIM's TOML parser, does not accept.

/// Finds the first thing that tomerl does not accept: a description and its byte offset.
pub(super) fn unread(text: &str) -> Option<(&'static str, usize)> {
    if text.starts_with('\u{feff}') {
        return Some(("it starts with a byte order mark", 0));
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut is_line_start = true;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'#' => at = line_end(bytes, at),
            b'"' | b'\'' => {
                let (end, tab) = string_end(bytes, at);
                if let Some(tab) = tab {
                    return Some(("a string contains a tab; write \\t in a string in double quotes", tab));
                }
                at = end;
                is_line_start = false;
                continue;
            }
            b'\n' => is_line_start = true,
            b' ' | b'\t' | b'\r' => {}
            _ if is_line_start => {
                is_line_start = false;
                if is_float_like_key(&bytes[at..line_end(bytes, at)]) {
                    return Some(("a dotted key consists of digits; quote its parts", at));
                }
            }
            _ => {}
        }
        at += usize::from(byte != b'#');
    }
    None
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| from + length)
}

/// Returns the end of a string, and the first tab in a single-line string.
fn string_end(bytes: &[u8], from: usize) -> (usize, Option<usize>) {
    let quote = bytes[from];
    let is_long = bytes[from..].starts_with(&[quote; 3]);
    let mut at = from + if is_long { 3 } else { 1 };
    let mut tab = None;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\t' if !is_long => tab = tab.or(Some(at)),
            byte if byte == quote && (!is_long || bytes[at..].starts_with(&[quote; 3])) => {
                return (at + if is_long { 3 } else { 1 }, tab);
            }
            _ => {}
        }
        at += 1;
    }
    (bytes.len(), tab)
}

/// Whether a line begins with a key such as `1.2 =`.
fn is_float_like_key(line: &[u8]) -> bool {
    let Some(end) = line.iter().position(|byte| *byte == b'=') else { return false };
    let key = line[..end].trim_ascii();
    key.contains(&b'.')
        && key.split(|byte| *byte == b'.').all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::unread;

    #[test]
    fn syntax_that_tomerl_rejects_is_located() {
        for (text, expected) in [
            ("a = \"x\ty\"\n", Some(6)),
            ("a = 'x\ty'", Some(6)),
            ("\u{feff}a = 1", Some(0)),
            ("# 1.2 = 3\n 1.2 = 3", Some(11)),
            ("a\t=\t1 # \"\t\"\nb = \"\\\"\" # it's\n", None),
            ("a = \"\"\"\n1.2 = 3\t\n\"\"\"\nb = 1.5", None),
            ("a = \"x", None),
            ("a = \"\\", None),
        ] {
            assert_eq!(unread(text).map(|(_, at)| at), expected, "{text:?}");
        }
    }
}
