//! Converts a recording into the trace that other modules use.

use super::paths::{PathId, SetId};
use super::pieces::{PieceKind, Pieces, line_starts};
use super::recorder::Recorder;
use crate::engine::gotpl::ast::Origin;
use crate::engine::trace::{CallNumber, Trace, TraceCall, TracePiece, TraceSource, TracedFile};

/// The output of a file with its pieces.
pub struct FilePieces {
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: String,
    pieces: Pieces,
}

impl Recorder {
    /// Takes the recording of the file that was just rendered.
    pub fn take_file(&mut self, path: &str, text: &str) -> FilePieces {
        let removed = std::mem::take(&mut self.removed);
        let mut pieces = self.take_pieces(text.len());
        let mut removed_bytes = 0;
        let mut rest = removed.iter().peekable();
        for piece in &mut pieces.pieces {
            while let Some((_, length)) = rest.next_if(|(at, _)| *at < piece.at) {
                removed_bytes += length;
            }
            piece.at = piece.at.saturating_sub(removed_bytes).min(text.len());
        }
        FilePieces { path: path.to_owned(), text: text.to_owned(), pieces }
    }

    /// Returns the trace of all files.
    pub fn finish(self, files: Vec<FilePieces>) -> Trace {
        let mut trace = Trace::default();
        trace.sources.extend(self.sources.iter().map(|parsed| match &parsed.origin {
            Origin::File(source) => TraceSource::File(source.clone()),
            Origin::Text(text) => {
                let text = text.lossy();
                let starts = line_starts(text.as_bytes());
                TraceSource::Text(text.into(), starts)
            }
        }));
        trace.calls.extend(self.calls.iter().map(|call| TraceCall {
            outer: CallNumber::new(call.outer),
            name: call.name.as_ref().map(|name| name.lossy().into_owned()),
            source: call.source,
            offset: call.offset,
        }));
        let (paths, sets) = self.marks.paths.counts();
        let mut sets = Sets { recorder: &self, trace: &mut trace, paths: vec![None; paths], sets: vec![None; sets] };
        let files = files.into_iter().map(|file| sets.file(file)).collect();
        let used = self.used_paths().into_iter().map(|path| sets.path(path)).collect();
        (trace.files, trace.used, trace.uses_random) = (files, used, self.uses_random());
        trace
    }
}

/// Copies the sets and paths that pieces use into the trace.
struct Sets<'a> {
    recorder: &'a Recorder,
    trace: &'a mut Trace,
    /// The number in the trace of each path that was copied.
    paths: Vec<Option<u32>>,
    /// The same for sets.
    sets: Vec<Option<u32>>,
}

impl Sets<'_> {
    fn file(&mut self, file: FilePieces) -> TracedFile {
        let text = file.text.as_bytes();
        let mut lines = line_starts(text);
        // No line begins after the last line break.
        lines.retain(|start| *start < text.len() || *start == 0);
        let texts = lines.iter().map(|start| {
            let blank = text[*start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            start + blank
        });
        let texts = texts.collect();
        let pieces = file.pieces.pieces.iter().map(|piece| TracePiece {
            at: piece.at,
            source: piece.source,
            offset: piece.offset,
            call: CallNumber::new(piece.call),
            shown: self.set(piece.shown),
            deciding: self.set(piece.deciders),
            is_random: self.recorder.marks.paths.has_random(piece.shown),
            is_copied: piece.kind == PieceKind::Copied,
            is_marker: piece.is_marker(),
        });
        let pieces = pieces.collect();
        TracedFile { path: file.path, lines, length: text.len(), pieces, texts }
    }

    fn set(&mut self, set: SetId) -> u32 {
        if let Some(known) = self.sets[set.index()] {
            return known;
        }
        let paths = self.recorder.marks.paths.in_set(set).iter().filter(|path| path.is_of_a_value());
        let paths = paths.map(|path| self.path(*path)).collect();
        self.trace.sets.push(paths);
        let number = self.trace.sets.len() as u32 - 1;
        self.sets[set.index()] = Some(number);
        number
    }

    fn path(&mut self, path: PathId) -> u32 {
        if let Some(known) = self.paths[path.index()] {
            return known;
        }
        self.trace.paths.push(self.recorder.marks.paths.used(path));
        let number = self.trace.paths.len() as u32 - 1;
        self.paths[path.index()] = Some(number);
        number
    }
}
