//! Functions on the words of a text: their first letters, lines of them, what is left of them where there is little room.

use tera::Value;

use super::Function;
use super::call::{Answer, Call};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("initials", &["text"], "The first letter of every word.", |call| {
        let words = call.text("text")?.split_whitespace();
        Ok(Value::from(words.filter_map(|word| word.chars().next()).collect::<String>()))
    }),
    Function::new("plural", &["count", "one", "many"], "`one` if the count is 1, else `many`.", |call| {
        let word = if call.whole("count")? == 1 { "one" } else { "many" };
        Ok(Value::from(call.text(word)?))
    }),
    Function::new("wrap", &["text", "width"], "Broken into lines of at most `width` bytes, between words.", |call| {
        wrap(call, "\n", false)
    }),
    Function::new(
        "wrapWith",
        &["text", "width", "separator"],
        "`wrap` with another line break; breaks long words.",
        |call| match call.text("separator")? {
            "" => wrap(call, "\n", true),
            separator => wrap(call, separator, true),
        },
    ),
    Function::new("abbrev", &["text", "width"], "Cut to `width` bytes with `...` at the end.", |call| {
        let (text, width) = (call.text("text")?, call.whole("width")?);
        Ok(Value::from(if width < 4 { text.to_owned() } else { abbreviated(text, 0, width) }))
    }),
    Function::new("abbrevboth", &["text", "left", "right"], "Cut with `...` at both ends.", |call| {
        let (text, left, right) = (call.text("text")?, call.whole("left")?, call.whole("right")?);
        let too_small = right < 4 || (left > 0 && right < 7);
        Ok(Value::from(if too_small { text.to_owned() } else { abbreviated(text, left, right) }))
    }),
];

/// Widths are counted in bytes, as in Helm; no character is cut in two.
fn wrap(call: &Call<'_>, separator: &str, break_words: bool) -> Answer {
    let text = call.text("text")?;
    let width = usize::try_from(call.whole("width")?).unwrap_or(1).max(1);
    let mut lines: Vec<&str> = Vec::new();
    let mut rest = text;
    while rest.len() > width {
        if let Some(after_space) = rest.strip_prefix(' ') {
            rest = after_space;
            continue;
        }
        // A space right behind the line still ends it there.
        let limit = rest.floor_char_boundary(width);
        let room = rest.floor_char_boundary(width + 1);
        let in_line = rest[..room].rfind(' ');
        let behind_line = || rest[limit..].find(' ').map(|at| at + limit);
        let space = if break_words { in_line } else { in_line.or_else(behind_line) };
        let (end, next) = match space {
            Some(space) => (space, space + 1),
            None if break_words => {
                let end = if limit > 0 { limit } else { rest.ceil_char_boundary(1) };
                (end, end)
            }
            None => break,
        };
        lines.push(&rest[..end]);
        rest = &rest[next..];
    }
    lines.push(rest);
    call.check_size(lines.len().saturating_mul(separator.len()).saturating_add(text.len()))?;
    Ok(Value::from(lines.join(separator)))
}

/// At most `width` bytes of a text from about `offset` on, with `...` for what is left out at either end.
fn abbreviated(text: &str, offset: i64, width: i64) -> String {
    let length = text.len() as i64;
    if length <= width {
        return text.to_owned();
    }
    let cut = |from: i64, to: i64| {
        let at = |offset: i64| text.floor_char_boundary(usize::try_from(offset).unwrap_or(0));
        &text[at(from).min(at(to))..at(to)]
    };
    let offset = offset.min(length);
    let offset = if length.saturating_sub(offset) < width - 3 { length - (width - 3) } else { offset };
    if offset <= 4 {
        return format!("{}...", cut(0, width - 3));
    }
    if offset + width - 3 < length {
        let inner = abbreviated(cut(offset, length), 0, width - 3);
        return format!("...{inner}");
    }
    format!("...{}", cut(length - (width - 3), length))
}
