//! Go's `os.Expand`: replaces `$name` and `${name}` in a text.

/// Replaces each variable with what `value` returns for its name. A `$` without a name is kept, a `${` without one is
/// dropped.
///
/// # Errors
/// The first error of `value`.
pub fn expand<E>(text: &[u8], mut value: impl FnMut(&[u8]) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
    let mut expanded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.iter().position(|&byte| byte == b'$') {
        let after = &rest[dollar + 1..];
        expanded.extend_from_slice(&rest[..dollar]);
        let (name, length) = if after.is_empty() { (None, 0) } else { variable(after) };
        match name {
            Some(name) => expanded.extend(value(name)?),
            None if length == 0 => expanded.push(b'$'),
            None => {}
        }
        rest = &after[length..];
    }
    expanded.extend_from_slice(rest);
    Ok(expanded)
}

/// Returns the name at the start of a text, and how many bytes it takes, braces included.
fn variable(text: &[u8]) -> (Option<&[u8]>, usize) {
    let is_special = |byte: u8| matches!(byte, b'*' | b'#' | b'$' | b'@' | b'!' | b'?' | b'-' | b'0'..=b'9');
    match text {
        [b'{', name, b'}', ..] if is_special(*name) => (Some(&text[1..2]), 3),
        [b'{', ..] => match text.iter().position(|&byte| byte == b'}') {
            Some(1) => (None, 2),
            Some(end) => (Some(&text[1..end]), end + 1),
            None => (None, 1),
        },
        [first, ..] if is_special(*first) => (Some(&text[..1]), 1),
        _ => {
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let length = text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len());
            ((length > 0).then(|| &text[..length]), length)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn names_are_replaced_as_by_go() {
        let expanded = |text: &str| {
            let named = |name: &[u8]| format!("<{}>", String::from_utf8_lossy(name)).into_bytes();
            let Ok(bytes) = expand(text.as_bytes(), |name| Ok::<_, Infallible>(named(name)));
            String::from_utf8(bytes).unwrap()
        };
        for (text, wanted) in [
            ("", ""),
            ("a$HOME/b", "a<HOME>/b"),
            ("${HOME}b${}c${", "<HOME>bc"),
            ("$", "$"),
            ("a$ b$.", "a$ b$."),
            ("$$x $1a ${*}", "<$>x <1>a <*>"),
            ("${a b}", "<a b>"),
        ] {
            assert_eq!(expanded(text), wanted, "{text}");
        }
    }
}
