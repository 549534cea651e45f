//! Checks which YAML styles (plain, quoted, block) a string can be written in.

/// The styles that a string's characters allow.
pub(super) struct AllowedStyles {
    /// Whether it contains line breaks.
    pub(super) multiline: bool,
    /// Whether it can be written without quotes.
    pub(super) plain_allowed: bool,
    /// Whether it can be written in single quotes.
    pub(super) single_allowed: bool,
    /// Whether it can be written after `|`.
    pub(super) block_allowed: bool,
    /// Whether it can be written after `|` where tabs are allowed, as in go-yaml v3.
    pub(super) block_allowed_with_tabs: bool,
}

impl AllowedStyles {
    /// Examines a string.
    pub(super) fn for_text(text: &str) -> AllowedStyles {
        if text.is_empty() {
            return AllowedStyles {
                multiline: false,
                plain_allowed: true,
                single_allowed: true,
                block_allowed: false,
                block_allowed_with_tabs: false,
            };
        }
        let bytes = text.as_bytes();
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut multiline, mut special, mut tabs) = (false, false, false);
        let (mut leading, mut trailing_space, mut trailing_break) = (false, false, false);
        let (mut break_space, mut space_break) = (false, false);
        let (mut previous_space, mut previous_break, mut previous_blank) = (false, false, true);
        for (at, character) in text.char_indices() {
            // Letters and digits never rule out a style.
            if character.is_ascii_alphanumeric() {
                (previous_space, previous_break, previous_blank) = (false, false, false);
                continue;
            }
            let next = at + character.len_utf8();
            let last = next == bytes.len();
            let before_blank = last || matches!(bytes[next], b' ' | b'\t');
            indicators |= match character {
                '#' if at > 0 => previous_blank,
                ':' => before_blank,
                '?' | '-' => at == 0 && before_blank,
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                    at == 0
                }
                _ => false,
            };
            tabs |= character == '\t';
            special |= character != '\t' && !is_printable(character);
            let space = character == ' ';
            let line_break = is_break(character);
            leading |= at == 0 && (space || line_break);
            trailing_space |= last && space;
            trailing_break |= last && line_break;
            break_space |= space && previous_break;
            space_break |= line_break && previous_space;
            multiline |= line_break;
            previous_space = space;
            previous_break = line_break;
            previous_blank = space || line_break || character == '\t';
        }
        AllowedStyles {
            multiline,
            plain_allowed: !(indicators
                || multiline
                || special
                || tabs
                || leading
                || trailing_space
                || trailing_break
                || break_space
                || space_break),
            single_allowed: !(break_space || space_break || special || tabs),
            block_allowed: !(trailing_space || space_break || special || tabs),
            block_allowed_with_tabs: !(trailing_space || space_break || special),
        }
    }
}

/// Whether go-yaml considers a character printable. Tabs and characters beyond the BMP are not.
pub(super) fn is_printable(character: char) -> bool {
    matches!(u32::from(character), 0x0A | 0x20..=0x7E | 0xA0..=0xD7FF | 0xE000..=0xFFFD) && character != '\u{feff}'
}

/// Whether a character is a line break in YAML 1.1.
pub(super) fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether text looks like a base-60 number (`1:30`), which other YAML 1.1 readers would parse as one:
/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`.
pub(super) fn is_base60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let Some((first, rest)) = whole.split_once(':') else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let sexagesimal = |part: &str| match part.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, digit] => matches!(tens, b'0'..=b'5') && digit.is_ascii_digit(),
        _ => false,
    };
    first.starts_with(|digit: char| digit.is_ascii_digit())
        && digits(first)
        && rest.split(':').all(sexagesimal)
        && digits(fraction)
}
