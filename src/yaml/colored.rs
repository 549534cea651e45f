//! Colors YAML for reading at a terminal.

use crate::diagnostic::Paint;

/// Colors the keys and comments of YAML that [`write`](super::write()) produced, with or without comments at the
/// ends of its lines.
///
/// ```
/// use mim_chart::{diagnostic::Paint, yaml::colored};
///
/// assert_eq!(colored("a: b # c\n", Paint::new(true)), "\x1b[36ma\x1b[0m: b\x1b[2m # c\x1b[0m\n");
/// ```
pub fn colored(text: &str, paint: Paint) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut inside = Inside::Document;
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        inside = push_line(&mut out, line, inside, paint);
        out.push_str(end);
    }
    out
}

/// The construct that the start of a line is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Document,
    /// A block scalar, whose lines are indented further than this column.
    Block(usize),
    /// A scalar in these quotes.
    Quoted(char),
}

fn push_line(out: &mut String, line: &str, inside: Inside, paint: Paint) -> Inside {
    match inside {
        Inside::Block(column) if line.trim().is_empty() || line.len() - line.trim_start().len() > column => {
            out.push_str(line);
            return inside;
        }
        Inside::Quoted(quote) => {
            let end = end_of_quoted(line, quote);
            out.push_str(&line[..end.unwrap_or(line.len())]);
            return end.map_or(inside, |end| push_comment(out, &line[end..], paint));
        }
        _ => {}
    }
    let (mut column, mut at) = (0, 0);
    loop {
        let rest = &line[at..];
        if rest.starts_with("- ") {
            (column, at) = (at, at + 2);
        } else if rest.starts_with(' ') {
            at += 1;
        } else {
            break;
        }
    }
    out.push_str(&line[..at]);
    let mut rest = &line[at..];
    if let Some(length) = length_of_key(rest) {
        out.push_str(&paint.cyan(&rest[..length]));
        out.push(':');
        rest = &rest[length + 1..];
        column = at;
    }
    let value = rest.trim_start_matches(' ');
    out.push_str(&rest[..rest.len() - value.len()]);
    let is_quoted = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = is_quoted else {
        let comment = if value.starts_with('#') { 0 } else { value.find(" #").unwrap_or(value.len()) };
        out.push_str(&value[..comment]);
        push_comment(out, &value[comment..], paint);
        let sign = value[..comment].trim_end();
        let opens_block = sign.starts_with(['|', '>']) && sign.len() <= 3;
        return if opens_block { Inside::Block(column) } else { Inside::Document };
    };
    match end_of_quoted(&value[1..], quote) {
        Some(end) => {
            out.push_str(&value[..end + 1]);
            push_comment(out, &value[end + 1..], paint)
        }
        None => {
            out.push_str(value);
            Inside::Quoted(quote)
        }
    }
}

fn push_comment(out: &mut String, text: &str, paint: Paint) -> Inside {
    out.push_str(&paint.dim(text));
    Inside::Document
}

/// Returns the length of the key at the start of a line, without its colon.
fn length_of_key(text: &str) -> Option<usize> {
    let end = match text.chars().next()? {
        '#' => return None,
        quote @ ('"' | '\'') => 1 + end_of_quoted(&text[1..], quote)?,
        _ => match text.find(": ") {
            Some(end) => end,
            None => text.strip_suffix(':')?.len(),
        },
    };
    let is_key = matches!(text[end..].strip_prefix(':'), Some(rest) if rest.is_empty() || rest.starts_with(' '));
    (is_key && end > 0 && text.find(" #").is_none_or(|comment| comment > end)).then_some(end)
}

/// Returns the offset after the closing quote; `None` if the scalar continues on the next line.
fn end_of_quoted(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            if quote == '\'' && chars.peek().is_some_and(|&(_, next)| next == quote) {
                chars.next();
            } else {
                return Some(at + 1);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Colors a text and marks its keys with `<k>` and its comments with `<c>`.
    fn marked(text: &str) -> String {
        let colored = colored(text, Paint::new(true));
        let opened = colored.replace("\x1b[36m", "<k>").replace("\x1b[2m", "<c>");
        opened.replace("\x1b[0m", "</>")
    }

    #[test]
    fn keys_and_comments_are_marked() {
        for (plain, wanted) in [
            ("a: 1\n", "<k>a</>: 1\n"),
            ("a:\n  - b: 'x # y' # --set a\n", "<k>a</>:\n  - <k>b</>: 'x # y'<c> # --set a</>\n"),
            ("- - a: {}\n- x\n", "- - <k>a</>: {}\n- x\n"),
            ("'a: b': \"c: \\\" # d\"\n", "<k>'a: b'</>: \"c: \\\" # d\"\n"),
            ("a: | # f:1\n  b: c # d\n\n  e\nf: 1\n", "<k>a</>: |<c> # f:1</>\n  b: c # d\n\n  e\n<k>f</>: 1\n"),
            ("- k: |-\n    b: c\n  d: e\n", "- <k>k</>: |-\n    b: c\n  <k>d</>: e\n"),
            ("- |\n  a: b\n- c: d\n", "- |\n  a: b\n- <k>c</>: d\n"),
            ("a: \"x\n  b: c\" # y\nd: e\n", "<k>a</>: \"x\n  b: c\"<c> # y</>\n<k>d</>: e\n"),
            ("a: http://b # c: d\n", "<k>a</>: http://b<c> # c: d</>\n"),
            ("# a: b\n", "<c># a: b</>\n"),
        ] {
            assert_eq!(marked(plain), wanted);
        }
    }

    proptest! {
        #[test]
        fn only_colours_are_added(text in "[ab:#'\"|> \\\\\n-]{0,60}") {
            let colored = colored(&text, Paint::new(true));
            let plain = ["\x1b[36m", "\x1b[2m", "\x1b[0m"].iter().fold(colored, |text, code| text.replace(code, ""));
            prop_assert_eq!(plain, text);
        }
    }
}
