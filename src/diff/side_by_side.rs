//! Writes a comparison for the terminal, with the text of objects in two columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::difference::{Comparison, Status};
use super::lines::{Line, hunks, pairs_of_lines};
use super::noise::old_text_of_shown;
use super::text::{GREEN, RED, TextOptions, Writer};
use crate::diagnostic::{printable_line, printable_styled_lines};

/// The minimum width of a column. Narrower ones would be unreadable.
const NARROWEST: usize = 16;
/// The distance between tab stops.
const TAB: usize = 8;
const INDENT: usize = 4;
/// The width between the columns: a mark with a space on each side.
const GUTTER: usize = 3;

/// Writes a comparison like [`super::write_text`], but with the old and the new text of each object next to each other, in lines
/// of the given width. Unchanged lines are omitted, except for some context.
///
/// Between the columns is a mark: `|` for a changed line, `<` for a removed line, `>` for an added line. Long lines are wrapped.
pub fn write_side_by_side(comparison: &Comparison, options: TextOptions, width: usize) -> String {
    let column = (width.saturating_sub(INDENT + GUTTER) / 2).max(NARROWEST);
    let mut writer = Writer::new(options);
    for difference in &comparison.differences {
        writer.head(difference);
        if difference.status != Status::Rewritten {
            writer.causes_of_all(difference);
            let old = old_text_of_shown(comparison, difference);
            texts(&mut writer, &old, &difference.new_text, options.context, column);
        }
        writer.text.push('\n');
    }
    writer.end(comparison);
    printable_styled_lines(&writer.text).into_owned()
}

/// Writes the lines in which the old and the new text differ, with some context.
fn texts(writer: &mut Writer, old: &str, new: &str, context: usize, column: usize) {
    for hunk in hunks(old, new, context) {
        writer.dim(&format!("    @@ line {} @@", hunk.new.0.max(hunk.old.0).max(1)));
        let mut lines = hunk.lines.iter().peekable();
        while let Some(line) = lines.next() {
            if let Line::Same(text) = line {
                row(writer, Some(text), ' ', Some(text), column);
                continue;
            }
            let (mut before, mut after) = (Vec::new(), Vec::new());
            let mut next = Some(line);
            while let Some(line) = next {
                match line {
                    Line::Old(text) => before.push(*text),
                    Line::New(text) => after.push(*text),
                    Line::Same(_) => {}
                }
                next = lines.next_if(|line| !matches!(line, Line::Same(_)));
            }
            for (old, new) in pairs_of_lines(&before, &after) {
                let (old, new) = (old.map(|at| before[at]), new.map(|at| after[at]));
                let mark = match (old, new) {
                    (Some(_), Some(_)) => '|',
                    (Some(_), None) => '<',
                    _ => '>',
                };
                row(writer, old, mark, new, column);
            }
        }
    }
}

/// Writes a line of both sides, in as many rows as the longer one needs.
fn row(writer: &mut Writer, old: Option<&str>, mark: char, new: Option<&str>, column: usize) {
    let pieces = |text: Option<&str>| text.map(|text| wrapped(text, column)).unwrap_or_default();
    let (old, new) = (pieces(old), pieces(new));
    let (of_old, of_new) = if mark == ' ' { ("", "") } else { (RED, GREEN) };
    for at in 0..old.len().max(new.len()).max(1) {
        let (left, right) = (old.get(at).map_or("", String::as_str), new.get(at).map_or("", String::as_str));
        writer.text.push_str(&" ".repeat(INDENT));
        writer.put(&[if left.is_empty() { "" } else { of_old }], left);
        let filling = column.saturating_sub(left.width());
        let end = format!("{} {mark} ", " ".repeat(filling));
        if right.is_empty() {
            writer.text.push_str(end.trim_end());
        } else {
            writer.text.push_str(&end);
            writer.put(&[of_new], right);
        }
        if left.is_empty() && right.is_empty() && mark == ' ' {
            let kept = writer.text.trim_end_matches(' ').len();
            writer.text.truncate(kept);
        }
        writer.text.push('\n');
    }
}

/// Splits a line into pieces that fit into a column, with tabs expanded.
fn wrapped(line: &str, column: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut width = 0;
    for c in printable_line(line).chars() {
        let (text, own) = match c {
            '\t' => (None, TAB - width % TAB),
            // This variation selector makes the preceding emoji wide.
            '\u{fe0f}' => (Some(c), 1),
            c => (Some(c), c.width().unwrap_or(0)),
        };
        let is_full = width + own > column;
        if is_full && c != '\u{fe0f}' {
            pieces.push(String::new());
            width = 0;
        }
        let last = pieces.len() - 1;
        match text {
            Some(c) => pieces[last].push(c),
            None if is_full => continue,
            None => pieces[last].push_str(&" ".repeat(own)),
        }
        width += own;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_wrapped_by_their_width() {
        assert_eq!(wrapped("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(wrapped("", 4), [""]);
        assert_eq!(wrapped("日本語", 4), ["日本", "語"]);
        assert_eq!(wrapped("a日本", 4), ["a日", "本"]);
        assert_eq!(wrapped("a\tb", 16), ["a       b"]);
        assert_eq!(wrapped("e\u{301}e\u{301}", 1), ["e\u{301}", "e\u{301}"]);
        assert_eq!(wrapped("\x1b[2J", 16), ["\\x1b[2J"]);
    }

    proptest! {
        #[test]
        fn no_cell_is_wider_than_its_column(line in "\\PC{0,40}", column in 16usize..40) {
            let pieces = wrapped(&line, column);
            prop_assert!(pieces.iter().all(|piece| piece.width() <= column + 1), "{pieces:?}");
            prop_assert_eq!(pieces.concat(), printable_line(&line).into_owned());
        }
    }
}
