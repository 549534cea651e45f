//! Stretches of output with their origins.

use super::paths::{Paths, SetId};

/// The number of a call of `include`, `tpl` or `{{ template }}`; 0 outside of any call.
pub(super) type CallId = u32;

/// A placeholder for the source of a piece: the action that writes it.
pub(super) const NO_SOURCE: u32 = u32::MAX;

/// A stretch of text, up to the beginning of the next piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// The offset where it begins.
    pub(super) at: usize,
    /// The number of the template text that it comes from, and the offset in that text.
    pub(super) source: u32,
    pub(super) offset: u32,
    /// The call during which it was written.
    pub(super) call: CallId,
    /// The values that it shows.
    pub(super) shown: SetId,
    /// The values that decided about it.
    pub(super) deciders: SetId,
    pub(super) kind: PieceKind,
}

/// The kind of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Text of a template, copied unchanged.
    Copied,
    /// The output of an action, possibly empty.
    Made,
    /// A marker without text: values decided here that nothing is written, or about the preceding output.
    Decided,
    /// Like `Decided`, but the output or its alternative begins with a line break: it only matters if no line break comes next.
    DecidedLines,
    /// No text: an action that wrote nothing, or a decision that turned out not to matter.
    Nothing,
}

/// The pieces of a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces {
    pub(super) length: usize,
    /// The values that decided about the text as a whole, though not about the lines around it.
    pub(super) deciders: SetId,
    pub(super) pieces: Vec<Piece>,
}

impl Pieces {
    /// The values that any of the pieces shows.
    pub(super) fn shown(&self, paths: &mut Paths) -> SetId {
        self.pieces.iter().fold(SetId::EMPTY, |all, piece| paths.union(all, piece.shown))
    }

    /// Adds the values that decided about the pieces to those that decided about the whole.
    pub(super) fn add_deciders_of_pieces(&mut self, paths: &mut Paths) {
        self.pieces.iter().for_each(|piece| paths.extend(&mut self.deciders, piece.deciders));
    }

    /// The pieces of the text `after`, which a function created from this text, `before`, line by line. The first
    /// `skipped` lines of the old text are gone, the first `added` lines of the new one have no counterpart. `None` if
    /// the lines do not correspond.
    pub(super) fn by_lines(&self, before: &[u8], after: &[u8], skipped: usize, added: usize) -> Option<Pieces> {
        let [old, new] = [before, after].map(line_starts);
        let (old, new) = (old.get(skipped..)?, new.get(added..)?);
        if new.len() > old.len() || before.len() != self.length {
            return None;
        }
        let mut made = Pieces {
            length: after.len(),
            deciders: self.deciders,
            pieces: Vec::with_capacity(self.pieces.len() + new.len()),
        };
        for (index, &start) in new.iter().enumerate() {
            let (from, to) = (old[index], old.get(index + 1).copied().unwrap_or(before.len() + 1));
            let end = new.get(index + 1).copied().unwrap_or(after.len() + 1);
            self.move_line(from..to, start..end, before, after, &mut made.pieces);
        }
        Some(made)
    }

    /// Moves the pieces of a line to the new place of the line. Only the indentation may differ.
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
        // The piece that covers the beginning of the line may begin before it.
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
    /// The kind after a move: the following text of the template need not follow here.
    fn moved(self) -> PieceKind {
        if self == PieceKind::Copied { PieceKind::Made } else { self }
    }
}

impl Piece {
    /// Whether it marks a decision and has no text.
    pub(super) fn is_marker(&self) -> bool {
        matches!(self.kind, PieceKind::Decided | PieceKind::DecidedLines)
    }
}

/// The offsets where the lines of a text begin.
pub(super) fn line_starts(text: &[u8]) -> Vec<usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|at| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(at: usize, offset: u32, kind: PieceKind) -> Piece {
        Piece { at, source: 0, offset, call: 0, shown: SetId::EMPTY, deciders: SetId::EMPTY, kind }
    }

    fn pieces(text: &str, all: &[(usize, u32)]) -> Pieces {
        let pieces = all.iter().map(|(at, offset)| piece(*at, *offset, PieceKind::Copied)).collect();
        Pieces { length: text.len(), deciders: SetId::EMPTY, pieces }
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
        // One piece that spans two lines, and another one in the second line.
        let (text, all) = ("a: x\nb: y", [(0, 100), (8, 300)]);
        assert_eq!(moved(text, &all, "\n  a: x\n  b: y", 0, 1).unwrap(), [(1, 100), (8, 105), (13, 300)]);
        assert_eq!(moved("\n\na: x", &[(0, 100), (5, 300)], "a: x", 2, 0).unwrap(), [(0, 102), (3, 300)]);
    }

    #[test]
    fn a_line_with_its_own_first_piece_takes_none_from_the_previous_line() {
        assert_eq!(moved("a\nb", &[(0, 1), (2, 5)], "  a\n  b", 0, 0).unwrap(), [(0, 1), (4, 5)]);
    }

    #[test]
    fn texts_with_more_lines_than_before_do_not_correspond() {
        assert_eq!(moved("a", &[(0, 1)], "a\nb", 0, 0), None);
        assert_eq!(moved("a", &[(0, 1)], "a", 1, 0), None);
    }
}
