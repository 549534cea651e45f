//! Stretches of output, each with where it comes from.

use super::paths::{Paths, SetId};

/// The number of a call of `include`, `tpl` or `{{ template }}`; 0 where none is open.
pub(super) type CallId = u32;

/// The number of a text that stands for the action that writes the piece.
pub(super) const NO_SOURCE: u32 = u32::MAX;

/// A stretch of text: up to where the next one begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// Where it begins.
    pub(super) at: usize,
    /// The text of a template that it comes from, by its number, and where in it.
    pub(super) source: u32,
    pub(super) offset: u32,
    /// The call that it was written in.
    pub(super) call: CallId,
    /// The values that it shows.
    pub(super) shown: SetId,
    /// The values that decided about it.
    pub(super) deciding: SetId,
    pub(super) kind: PieceKind,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Text of a template as it is written there.
    Copied,
    /// What an action gave, perhaps nothing.
    Made,
    /// Nothing: values decided here that nothing is written, or what is written before.
    Decided,
    /// As `Decided`, but what is written or not begins with a line break: it matters only if no line break comes next.
    DecidedLines,
    /// Nothing at all.
    Nothing,
}

/// The pieces of a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces {
    pub(super) length: usize,
    /// What decided about the text as a whole, if not about the other lines around it.
    pub(super) deciding: SetId,
    pub(super) pieces: Vec<Piece>,
}

impl Pieces {
    /// All that the pieces show.
    pub(super) fn shown(&self, paths: &mut Paths) -> SetId {
        self.pieces.iter().fold(SetId::EMPTY, |all, piece| paths.union(all, piece.shown))
    }

    /// Adds what decided about the pieces to what decided about the whole.
    pub(super) fn add_deciding(&mut self, paths: &mut Paths) {
        self.deciding = self.pieces.iter().fold(self.deciding, |all, piece| paths.union(all, piece.deciding));
    }

    /// The pieces of a text that a function made of this one, line by line: `before` and `after` are the texts. `None` if
    /// their lines do not correspond. `skipped` lines of the text before are gone, `added` ones are new.
    pub(super) fn by_lines(&self, before: &[u8], after: &[u8], skipped: usize, added: usize) -> Option<Pieces> {
        let [old, new] = [before, after].map(line_starts);
        let (old, new) = (old.get(skipped..)?, new.get(added..)?);
        if new.len() > old.len() || before.len() != self.length {
            return None;
        }
        let mut made = Pieces {
            length: after.len(),
            deciding: self.deciding,
            pieces: Vec::with_capacity(self.pieces.len() + new.len()),
        };
        for (index, &start) in new.iter().enumerate() {
            let (from, to) = (old[index], old.get(index + 1).copied().unwrap_or(before.len() + 1));
            let end = new.get(index + 1).copied().unwrap_or(after.len() + 1);
            self.move_line(from..to, start..end, before, after, &mut made.pieces);
        }
        Some(made)
    }

    /// Moves the pieces of a line to where the line is now. What is before and behind the text of the line is not looked at.
    fn move_line(
        &self,
        from: std::ops::Range<usize>,
        to: std::ops::Range<usize>,
        before: &[u8],
        after: &[u8],
        made: &mut Vec<Piece>,
    ) {
        let indent = |text: &[u8], range: &std::ops::Range<usize>| {
            let line = &text[range.start..range.end.min(text.len())];
            range.start + line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
        };
        let (old, new) = (indent(before, &from), indent(after, &to));
        let first = self.pieces.partition_point(|piece| piece.at < from.start);
        // The piece that the line begins in may begin before it.
        let open =
            self.pieces[..first].iter().rposition(|piece| piece.kind != PieceKind::Nothing && !piece.is_marker());
        let shift = |at: usize| {
            if at == from.start {
                return to.start;
            }
            let moved = if at >= old { new + (at - old) } else { new.min(to.start + at.saturating_sub(from.start)) };
            moved.clamp(to.start, to.end.saturating_sub(1).max(to.start))
        };
        let begins_here = self.pieces[first..].iter().take_while(|piece| piece.at == from.start);
        let is_open = !begins_here.into_iter().any(|piece| !piece.is_marker());
        if let Some(open) = open.map(|at| self.pieces[at]).filter(|_| is_open) {
            let offset = match open.kind {
                PieceKind::Copied => open.offset + (old - open.at) as u32,
                _ => open.offset,
            };
            made.push(Piece { at: to.start, offset, kind: PieceKind::Made, ..open });
        }
        let rest = self.pieces[first..].iter().take_while(|piece| piece.at < from.end);
        made.extend(rest.map(|piece| Piece { at: shift(piece.at), kind: piece.kind.moved(), ..*piece }));
    }
}

impl PieceKind {
    /// The kind once the text stands elsewhere: what follows in the template need not follow here.
    fn moved(self) -> PieceKind {
        if self == PieceKind::Copied { PieceKind::Made } else { self }
    }
}

impl Piece {
    /// Whether it is a place where something was decided, and no text.
    pub(super) fn is_marker(&self) -> bool {
        matches!(self.kind, PieceKind::Decided | PieceKind::DecidedLines)
    }
}

/// Where the lines of a text begin.
pub(super) fn line_starts(text: &[u8]) -> Vec<usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|at| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(at: usize, offset: u32, kind: PieceKind) -> Piece {
        Piece { at, source: 0, offset, call: 0, shown: SetId::EMPTY, deciding: SetId::EMPTY, kind }
    }

    fn pieces(text: &str, all: &[(usize, u32)]) -> Pieces {
        let pieces = all.iter().map(|(at, offset)| piece(*at, *offset, PieceKind::Copied)).collect();
        Pieces { length: text.len(), deciding: SetId::EMPTY, pieces }
    }

    fn moved(
        before: &str,
        all: &[(usize, u32)],
        after: &str,
        skipped: usize,
        added: usize,
    ) -> Option<Vec<(usize, u32)>> {
        let moved = pieces(before, all).by_lines(before.as_bytes(), after.as_bytes(), skipped, added)?;
        assert_eq!(moved.length, after.len());
        Some(moved.pieces.iter().map(|piece| (piece.at, piece.offset)).collect())
    }

    #[test]
    fn pieces_move_with_their_lines() {
        // One piece of two lines, and one in the second line.
        let (text, all) = ("a: x\nb: y", [(0, 100), (8, 300)]);
        assert_eq!(moved(text, &all, "\n  a: x\n  b: y", 0, 1).unwrap(), [(1, 100), (8, 105), (13, 300)]);
        assert_eq!(moved("\n\na: x", &[(0, 100), (5, 300)], "a: x", 2, 0).unwrap(), [(0, 102), (3, 300)]);
    }

    #[test]
    fn a_line_that_begins_with_a_piece_of_its_own_has_none_of_the_line_before() {
        assert_eq!(moved("a\nb", &[(0, 1), (2, 5)], "  a\n  b", 0, 0).unwrap(), [(0, 1), (4, 5)]);
    }

    #[test]
    fn texts_with_more_lines_than_before_do_not_correspond() {
        assert_eq!(moved("a", &[(0, 1)], "a\nb", 0, 0), None);
        assert_eq!(moved("a", &[(0, 1)], "a", 1, 0), None);
    }
}
