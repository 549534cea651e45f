//! The scanner, which splits text into tokens.

use std::collections::VecDeque;

use super::cursor::{Cursor, Mark};
use super::token::{Token, TokenKind};
use super::{Fault, Scan};

/// The maximum nesting depth, separately for block and for flow collections.
const MAX_DEPTH: usize = 10_000;
/// The maximum distance of a key's colon from the start of the key, in characters.
const MAX_KEY_LENGTH: usize = 1024;

/// A token that turns out to start a key if a `:` follows. There is one candidate per flow level.
#[derive(Debug, Clone, Copy)]
struct KeyCandidate {
    possible: bool,
    /// Whether it must be a key, because it is in the column of its block mapping.
    required: bool,
    /// Whether its token must stay in the queue until this is decided.
    awaited: bool,
    /// The number of its first token, counted from the start of the text.
    token: usize,
    mark: Mark,
}

/// Produces the tokens of a text one by one.
pub(super) struct Scanner<'t> {
    pub(super) cursor: Cursor<'t>,
    queue: VecDeque<Token<'t>>,
    /// The number of tokens that have been taken.
    taken: usize,
    /// Whether the token at the front of the queue may be taken.
    ready: bool,
    /// The columns of the enclosing block collections, innermost last.
    indents: Vec<Option<usize>>,
    indent: Option<usize>,
    keys: Vec<KeyCandidate>,
    key_allowed: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut scanner = Scanner {
            cursor: Cursor::new(text),
            queue: VecDeque::with_capacity(16),
            taken: 0,
            ready: false,
            indents: Vec::with_capacity(16),
            indent: None,
            keys: Vec::with_capacity(16),
            key_allowed: true,
        };
        scanner.push_key_placeholder();
        scanner
    }

    /// Creates a scanner for a single scalar, which begins at `mark` in a block collection at the column `indent`.
    pub(super) fn of_scalar(text: &'t str, mark: Mark, indent: usize) -> Self {
        let mut cursor = Cursor::new(text);
        cursor.mark = mark;
        Scanner {
            cursor,
            queue: VecDeque::new(),
            taken: 0,
            ready: false,
            indents: Vec::new(),
            indent: Some(indent),
            keys: Vec::new(),
            key_allowed: false,
        }
    }

    /// Returns the next token without consuming it.
    pub(super) fn peek(&mut self) -> Scan<&Token<'t>> {
        while !self.ready {
            self.ready = !self.needs_more()?;
            if !self.ready {
                self.fetch()?;
            }
        }
        Ok(self.queue.front().expect("needs_more() is true while the queue is empty"))
    }

    /// Consumes and returns the next token.
    pub(super) fn take(&mut self) -> Scan<Token<'t>> {
        self.peek()?;
        self.ready = false;
        self.taken += 1;
        Ok(self.queue.pop_front().expect("peek() leaves a token in the queue"))
    }

    fn needs_more(&mut self) -> Scan<bool> {
        if self.queue.is_empty() {
            return Ok(true);
        }
        // The token at the front can be taken once it is certain that it does not start a key.
        let first = self.keys.partition_point(|key| key.token < self.taken);
        let awaited = self.keys[first..].iter().take_while(|key| key.token == self.taken).position(|key| key.awaited);
        match awaited {
            Some(index) => self.still_possible(first + index),
            None => Ok(false),
        }
    }

    /// Whether a candidate can still become a key: it must be on the current line and not too far away.
    fn still_possible(&mut self, index: usize) -> Scan<bool> {
        let now = self.cursor.mark;
        let key = &mut self.keys[index];
        if key.possible && (key.mark.line < now.line || key.mark.column + MAX_KEY_LENGTH < now.column) {
            if key.required {
                return Err(missing_colon(key.mark, now));
            }
            key.possible = false;
        }
        Ok(key.possible)
    }

    pub(super) fn in_flow(&self) -> bool {
        self.keys.len() > 1
    }

    /// Returns the column of the current block collection, which ends at the first line indented less.
    pub(super) fn indent(&self) -> Option<usize> {
        self.indent
    }

    fn fetch(&mut self) -> Scan<()> {
        self.skip_to_token();
        self.close_blocks(Some(self.cursor.mark.column));
        let cursor = &self.cursor;
        let flow = self.in_flow();
        match cursor.byte(0) {
            0 => self.fetch_end(),
            b'%' if cursor.mark.column == 0 => self.fetch_directive(),
            b'-' if cursor.at_document_indicator() => self.fetch_document_indicator(TokenKind::DocumentStart),
            b'.' if cursor.at_document_indicator() => self.fetch_document_indicator(TokenKind::DocumentEnd),
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => {
                self.drop_key()?;
                self.key_allowed = true;
                self.push_indicator(TokenKind::FlowEntry, 1)
            }
            b'-' if cursor.ends_word(1) => self.fetch_block_entry(),
            b'?' if flow || cursor.ends_word(1) => self.fetch_key(),
            b':' if flow || cursor.ends_word(1) => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias, "while scanning an alias"),
            b'&' => self.fetch_anchor(TokenKind::Anchor, "while scanning an anchor"),
            b'!' => {
                self.begin_node()?;
                self.push_scanned(Scanner::scan_tag)
            }
            b'|' | b'>' if !flow => {
                self.drop_key()?;
                self.key_allowed = true;
                self.push_scanned(Scanner::scan_block_scalar)
            }
            b'\'' | b'"' => {
                self.begin_node()?;
                self.push_scanned(Scanner::scan_quoted)
            }
            b'-' => self.fetch_plain(),
            b'?' | b':' if !flow => self.fetch_plain(),
            b'?' | b':' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => {
                let mark = self.cursor.mark;
                Err(Fault::within(
                    "while scanning for the next token",
                    mark,
                    mark,
                    "found character that cannot start any token",
                ))
            }
            _ => self.fetch_plain(),
        }
    }

    /// Skips spaces, comments and line breaks, and tabs where they cannot be indentation.
    fn skip_to_token(&mut self) {
        // A second byte order mark is ignored, but counts as a column of its line, as in go-yaml's reader.
        if self.cursor.mark.offset == 0 && self.cursor.text.starts_with('\u{feff}') {
            self.cursor.skip();
        }
        loop {
            let tabs = self.in_flow() || !self.key_allowed;
            let cursor = &mut self.cursor;
            while cursor.byte(0) == b' ' || (tabs && cursor.byte(0) == b'\t') {
                cursor.skip();
            }
            cursor.skip_comment();
            if !cursor.at_break() {
                return;
            }
            cursor.skip_line();
            if !self.in_flow() {
                self.key_allowed = true;
            }
        }
    }

    fn push(&mut self, kind: TokenKind<'t>, start: Mark, end: Mark) {
        self.queue.push_back(Token { kind, start, end });
    }

    fn push_indicator(&mut self, kind: TokenKind<'t>, length: usize) -> Scan<()> {
        let start = self.cursor.mark;
        for _ in 0..length {
            self.cursor.skip();
        }
        self.push(kind, start, self.cursor.mark);
        Ok(())
    }

    fn push_scanned(&mut self, scan: fn(&mut Self) -> Scan<Token<'t>>) -> Scan<()> {
        let token = scan(self)?;
        self.queue.push_back(token);
        Ok(())
    }

    fn fetch_plain(&mut self) -> Scan<()> {
        self.begin_node()?;
        self.push_scanned(Scanner::scan_plain)
    }

    /// Allows a key here: a plain scalar that ended with a line break is followed by the start of a line.
    pub(super) fn allow_key(&mut self) {
        self.key_allowed = true;
    }

    fn fetch_end(&mut self) -> Scan<()> {
        // The end counts as a new line: no key of the line before can still get its colon.
        if self.cursor.mark.column != 0 {
            self.cursor.mark = Mark { line: self.cursor.mark.line + 1, column: 0, ..self.cursor.mark };
        }
        self.close_blocks(None);
        self.drop_key()?;
        self.key_allowed = false;
        self.push(TokenKind::StreamEnd, self.cursor.mark, self.cursor.mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan<()> {
        self.close_blocks(None);
        self.drop_key()?;
        self.key_allowed = false;
        self.push_scanned(Scanner::scan_directive)
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.close_blocks(None);
        self.drop_key()?;
        self.key_allowed = false;
        self.push_indicator(kind, 3)
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.save_key()?;
        self.push_key_placeholder();
        if self.keys.len() - 1 > MAX_DEPTH {
            return Err(self.too_deep("while increasing flow level"));
        }
        self.key_allowed = true;
        self.push_indicator(kind, 1)
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.drop_key()?;
        if self.in_flow()
            && let Some(inner) = self.keys.pop()
            && let Some(outer) = self.keys.last_mut()
            && outer.token == inner.token
        {
            // go-yaml no longer considers that an empty collection may be a key: it does not read `{}: x` as a mapping.
            outer.awaited = false;
        }
        self.key_allowed = false;
        self.push_indicator(kind, 1)
    }

    fn fetch_block_entry(&mut self) -> Scan<()> {
        let mark = self.cursor.mark;
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(Fault::at(mark, "block sequence entries are not allowed in this context"));
            }
            self.open_block(mark, None, TokenKind::BlockSequenceStart)?;
        }
        self.drop_key()?;
        self.key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry, 1)
    }

    fn fetch_key(&mut self) -> Scan<()> {
        let mark = self.cursor.mark;
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(Fault::at(mark, "mapping keys are not allowed in this context"));
            }
            self.open_block(mark, None, TokenKind::BlockMappingStart)?;
        }
        self.drop_key()?;
        self.key_allowed = !self.in_flow();
        self.push_indicator(TokenKind::Key, 1)
    }

    fn fetch_value(&mut self) -> Scan<()> {
        let top = self.keys.len() - 1;
        if self.still_possible(top)? {
            // The candidate before the colon is a key.
            let KeyCandidate { token, mark, .. } = self.keys[top];
            self.insert(token, TokenKind::Key, mark);
            self.open_block(mark, Some(token), TokenKind::BlockMappingStart)?;
            self.keys[top].possible = false;
            self.keys[top].awaited = false;
            self.key_allowed = false;
        } else {
            if !self.in_flow() {
                let mark = self.cursor.mark;
                if !self.key_allowed {
                    return Err(Fault::at(mark, "mapping values are not allowed in this context"));
                }
                self.open_block(mark, None, TokenKind::BlockMappingStart)?;
            }
            self.key_allowed = !self.in_flow();
        }
        self.push_indicator(TokenKind::Value, 1)
    }

    fn fetch_anchor(&mut self, kind: fn(&'t str) -> TokenKind<'t>, context: &'static str) -> Scan<()> {
        self.begin_node()?;
        let start = self.cursor.mark;
        self.cursor.skip();
        let name = self.cursor.word();
        let ended = self.cursor.ends_word(0)
            || matches!(self.cursor.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ended {
            let problem = "did not find expected alphabetic or numeric character";
            return Err(Fault::within(context, start, self.cursor.mark, problem));
        }
        self.push(kind(name), start, self.cursor.mark);
        Ok(())
    }

    /// Inserts a zero-length token in front of the token with the given number.
    fn insert(&mut self, number: usize, kind: TokenKind<'t>, mark: Mark) {
        let token = Token { kind, start: mark, end: mark };
        match number.checked_sub(self.taken) {
            Some(index) if index <= self.queue.len() => self.queue.insert(index, token),
            _ => self.queue.push_back(token),
        }
    }

    /// Opens a block collection at the column of `mark`, if that is deeper than the current one. Its token is inserted in
    /// front of token `number`, or at the end of the queue.
    fn open_block(&mut self, mark: Mark, number: Option<usize>, kind: TokenKind<'t>) -> Scan<()> {
        if self.in_flow() || self.indent >= Some(mark.column) {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = Some(mark.column);
        if self.indents.len() > MAX_DEPTH {
            return Err(self.too_deep("while increasing indent level"));
        }
        match number {
            Some(number) => self.insert(number, kind, mark),
            None => self.push(kind, mark, mark),
        }
        Ok(())
    }

    /// Closes the block collections that are deeper than a column; all of them for `None`.
    fn close_blocks(&mut self, column: Option<usize>) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.cursor.mark, self.cursor.mark);
            self.indent = self.indents.pop().flatten();
        }
    }

    fn next_number(&self) -> usize {
        self.taken + self.queue.len()
    }

    fn push_key_placeholder(&mut self) {
        let (token, mark) = (self.next_number(), self.cursor.mark);
        self.keys.push(KeyCandidate { possible: false, required: false, awaited: false, token, mark });
    }

    fn begin_node(&mut self) -> Scan<()> {
        self.save_key()?;
        self.key_allowed = false;
        Ok(())
    }

    /// Records that a key may begin here.
    fn save_key(&mut self) -> Scan<()> {
        if self.key_allowed {
            let mark = self.cursor.mark;
            let required = !self.in_flow() && self.indent == Some(mark.column);
            let token = self.next_number();
            self.drop_key()?;
            if let Some(key) = self.keys.last_mut() {
                *key = KeyCandidate { possible: true, required, awaited: true, token, mark };
            }
        }
        Ok(())
    }

    /// Drops the candidate of the current level, because no colon can follow it any more.
    fn drop_key(&mut self) -> Scan<()> {
        let now = self.cursor.mark;
        if let Some(key) = self.keys.last_mut()
            && key.possible
        {
            if key.required {
                return Err(missing_colon(key.mark, now));
            }
            key.possible = false;
            key.awaited = false;
        }
        Ok(())
    }

    fn too_deep(&self, context: &'static str) -> Box<Fault> {
        Fault::within(context, self.cursor.mark, self.cursor.mark, "exceeded max depth of 10000")
    }
}

fn missing_colon(key: Mark, now: Mark) -> Box<Fault> {
    Fault::within("while scanning a simple key", key, now, "could not find expected ':'")
}
