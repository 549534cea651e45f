//! Formats tables like Helm.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diagnostic::printable;

/// Formats rows of cells. Each column is as wide as its widest cell, and a tab separates columns. Cells wider than `max_width`
/// are cut; 0 means no limit.
pub(in crate::cli) fn table<const COLUMNS: usize>(rows: &[[&str; COLUMNS]], max_width: usize) -> String {
    let rows: Vec<[Cow<'_, str>; COLUMNS]> = rows.iter().map(|row| row.map(printable)).collect();
    let limited = |width: usize| if max_width == 0 { width } else { width.min(max_width) };
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| limited(row[column].width())).max().unwrap_or(0));
    let line = |row: &[Cow<'_, str>; COLUMNS]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| resized(cell, width)).collect();
        cells.join("\t") + "\n"
    };
    rows.iter().map(line).collect()
}

/// Pads a cell with spaces to a width, or cuts it and appends three dots.
fn resized(cell: &str, width: usize) -> String {
    let own = cell.width();
    if own <= width {
        return format!("{cell}{}", " ".repeat(width - own));
    }
    let mut cut = String::new();
    let mut taken = 0;
    for c in cell.chars() {
        cut.push(c);
        taken += c.width().unwrap_or(0);
        if taken + 3 >= width {
            break;
        }
    }
    cut + "..."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        assert_eq!(table(&[["NAME", "VERSION"], ["database", "1"]], 80), "NAME    \tVERSION\ndatabase\t1      \n");
        assert_eq!(table(&[["a", "b"], ["図", "ü"]], 80), "a \tb\n図\tü\n");
        assert_eq!(table::<2>(&[], 80), "");
        assert_eq!(table(&[["a\x1b\n\t", "b"]], 80), "a\\x1b\\n\\t\tb\n");
    }

    #[test]
    fn wide_cells_are_cut() {
        assert_eq!(table(&[["0123456789"]], 8), "01234...\n");
        assert_eq!(table(&[["0123456789"]], 0), "0123456789\n");
        assert_eq!(table(&[["0123456789"]], 2), "0...\n");
    }
}
