//! Functions on the words of a text: letter case between them, lines of them, their first letters.

use tera::Value;

use super::Function;
use super::call::{Answer, Call, Failure};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("snakecase", &["text"], "Words in small letters, joined by `_`.", |call| {
        Ok(Value::from(joined_words(call.text("text")?, '_')))
    }),
    Function::new("kebabcase", &["text"], "Words in small letters, joined by `-`.", |call| {
        Ok(Value::from(joined_words(call.text("text")?, '-')))
    }),
    Function::new("camelcase", &["text"], "Words without joints, each with a capital: `HttpServer`.", |call| {
        Ok(Value::from(pascal_case(call.text("text")?)))
    }),
    Function::new("swapcase", &["text"], "Capitals become small letters; small ones become capitals.", |call| {
        Ok(Value::from(swap_case(call.text("text")?)))
    }),
    Function::new("initials", &["text"], "The first letter of every word.", |call| {
        let words = call.text("text")?.split_whitespace();
        Ok(Value::from(words.filter_map(|word| word.chars().next()).collect::<String>()))
    }),
    Function::new("plural", &["count", "one", "many"], "`one` if the count is 1, else `many`.", |call| {
        let word = if call.whole("count")? == 1 { "one" } else { "many" };
        Ok(Value::from(call.text(word)?))
    }),
    Function::new("wrap", &["text", "width"], "Broken into lines of at most `width` characters, between words.", |call| {
        wrap(call, "\n", false)
    }),
    Function::new("wrapWith", &["text", "width", "separator"], "`wrap` with another line break; breaks long words.", |call| {
        wrap(call, call.text("separator")?, true)
    }),
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

/// What a character is to the division into words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Upper,
    Lower,
    Digit,
    Joint,
    Other,
}

fn kind(c: char) -> Kind {
    match c {
        '-' | '_' => Kind::Joint,
        c if c.is_whitespace() => Kind::Joint,
        c if c.is_uppercase() => Kind::Upper,
        c if c.is_alphabetic() => Kind::Lower,
        c if c.is_numeric() => Kind::Digit,
        _ => Kind::Other,
    }
}

/// Words in small letters with a joint between: a capital begins a word, the last of several capitals does if a small
/// letter follows it, and digits belong to the word before unless small letters follow them.
fn joined_words(text: &str, joint: char) -> String {
    let chars: Vec<char> = text.chars().collect();
    let kind_at = |at: usize| chars.get(at).map(|&c| kind(c));
    let mut out = String::with_capacity(text.len() + 8);
    for (at, &c) in chars.iter().enumerate() {
        let previous = at.checked_sub(1).and_then(kind_at);
        let begins_word = match (previous, kind(c)) {
            (Some(Kind::Lower | Kind::Digit), Kind::Upper) => true,
            (Some(Kind::Upper), Kind::Upper) => kind_at(at + 1) == Some(Kind::Lower),
            (Some(Kind::Upper | Kind::Lower), Kind::Digit) => {
                let after = chars[at..].iter().position(|&c| kind(c) != Kind::Digit).and_then(|end| kind_at(at + end));
                after == Some(Kind::Lower)
            }
            _ => false,
        };
        if begins_word {
            out.push(joint);
        }
        if kind(c) == Kind::Joint {
            out.push(joint);
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

fn pascal_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins_word = true;
    let mut chars = text.chars().peekable();
    // Joints at the start stay.
    while let Some(c) = chars.next_if(|&c| kind(c) == Kind::Joint) {
        out.push(c);
    }
    let rest: Vec<char> = chars.collect();
    for (at, &c) in rest.iter().enumerate() {
        if kind(c) == Kind::Joint {
            // Joints at the end stay too.
            if rest[at..].iter().all(|&c| kind(c) == Kind::Joint) {
                out.push(c);
            }
            begins_word = true;
            continue;
        }
        let previous_upper = at > 0 && kind(rest[at - 1]) == Kind::Upper;
        let next_lower = rest.get(at + 1).is_some_and(|&c| kind(c) == Kind::Lower);
        if begins_word {
            out.extend(c.to_uppercase());
        } else if kind(c) == Kind::Upper && previous_upper && !next_lower {
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
        begins_word = matches!(kind(c), Kind::Digit);
    }
    out
}

/// Capitals become small; small letters become capitals, at the start of a word and elsewhere.
fn swap_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
    }
    out
}

fn wrap(call: &Call<'_>, separator: &str, break_words: bool) -> Answer {
    let text = call.text("text")?;
    let width = usize::try_from(call.whole("width")?.max(1)).map_err(|_| Failure::call("the width is too large"))?;
    let mut lines: Vec<String> = Vec::new();
    let mut rest: &str = text;
    loop {
        let Some((limit, _)) = rest.char_indices().nth(width) else { break };
        if rest.starts_with(' ') {
            rest = &rest[1..];
            continue;
        }
        // A space right behind the line still ends it there.
        let room = rest[limit..].chars().next().map_or(limit, |c| limit + c.len_utf8());
        let space = rest[..room].rfind(' ').or_else(|| if break_words { None } else { rest[limit..].find(' ').map(|at| at + limit) });
        match space {
            Some(space) => {
                lines.push(rest[..space].to_owned());
                rest = &rest[space + 1..];
            }
            None if break_words => {
                lines.push(rest[..limit].to_owned());
                rest = &rest[limit..];
            }
            None => break,
        }
    }
    lines.push(rest.to_owned());
    let size = lines.len().saturating_mul(separator.len()).saturating_add(text.len());
    call.run.budget.check_size(size).map_err(Failure::Call)?;
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
    let offset = if length - offset < width - 3 { length - (width - 3) } else { offset };
    if offset <= 4 {
        return format!("{}...", cut(0, width - 3));
    }
    if offset + width - 3 < length {
        let inner = abbreviated(cut(offset, length), 0, width - 3);
        return format!("...{inner}");
    }
    format!("...{}", cut(length - (width - 3), length))
}
