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
fn line_starts(text: &[u8]) -> Vec<usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|at| at + 1)).collect()
}
