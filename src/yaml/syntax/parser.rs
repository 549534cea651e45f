//! The parser, which turns tokens into events by YAML's grammar.

use std::borrow::Cow;

use super::cursor::Mark;
use super::scanner::Scanner;
use super::token::{Style, Tag, Token, TokenKind};
use super::{Fault, Scan};

/// The properties in front of a node: its anchor and its tag.
#[derive(Debug, Default)]
pub(super) struct Properties<'t> {
    pub(super) anchor: Option<&'t str>,
    pub(super) tag: Option<String>,
}

pub(super) enum EventKind<'t> {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(&'t str),
    Scalar {
        value: Cow<'t, str>,
        style: Style,
        properties: Properties<'t>,
    },
    SequenceStart(Properties<'t>),
    MappingStart(Properties<'t>),
    /// The end of a sequence or a mapping; `closed` for a flow collection with its bracket. Block collections have no
    /// closing token.
    CollectionEnd {
        closed: bool,
    },
}

/// An event with its place, which excludes the anchor and the tag of a node.
pub(super) struct Event<'t> {
    pub(super) kind: EventKind<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The parser's state: the grammar rule it expects next.
#[derive(Clone, Copy)]
enum State {
    /// The first document of the stream, which may omit its `---`.
    FirstDocument,
    Document,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockEntry,
    IndentlessEntry,
    BlockKey,
    BlockValue,
    FlowEntry {
        first: bool,
    },
    PairKey,
    PairValue,
    PairEnd,
    FlowKey {
        first: bool,
    },
    FlowValue,
    FlowNoValue,
    End,
}

/// Produces the events of a text one by one.
pub(super) struct Parser<'t> {
    pub(super) scanner: Scanner<'t>,
    state: State,
    /// The states to return to after the open collections.
    states: Vec<State>,
    /// Where the open collections began.
    starts: Vec<Mark>,
    tag_directives: Vec<Tag>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Parser {
            scanner: Scanner::new(text),
            state: State::FirstDocument,
            states: Vec::with_capacity(16),
            starts: Vec::with_capacity(16),
            tag_directives: Vec::new(),
        }
    }

    pub(super) fn next(&mut self) -> Scan<Event<'t>> {
        match self.state {
            State::FirstDocument => self.document_start(true),
            State::Document => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(true, false),
            State::BlockEntry => self.block_entry(),
            State::IndentlessEntry => self.indentless_entry(),
            State::BlockKey => self.block_key(),
            State::BlockValue => self.block_value(),
            State::FlowEntry { first } => self.flow_entry(first),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => self.pair_end(),
            State::FlowKey { first } => self.flow_key(first),
            State::FlowValue => self.flow_value(),
            State::FlowNoValue => {
                self.state = State::FlowKey { first: false };
                let mark = self.scanner.peek()?.start;
                Ok(empty(mark))
            }
            State::End => Ok(event(EventKind::StreamEnd, self.scanner.cursor.mark, self.scanner.cursor.mark)),
        }
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    fn document_start(&mut self, first: bool) -> Scan<Event<'t>> {
        if !first {
            while matches!(self.scanner.peek()?.kind, TokenKind::DocumentEnd) {
                self.scanner.take()?;
            }
        }
        let token = self.scanner.peek()?;
        let (start, end) = (token.start, token.end);
        match token.kind {
            TokenKind::StreamEnd => {
                self.state = State::End;
                return Ok(event(EventKind::StreamEnd, start, end));
            }
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective(_) | TokenKind::DocumentStart => {}
            _ if first => {
                self.directives()?;
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                return Ok(event(EventKind::DocumentStart, start, end));
            }
            _ => {}
        }
        self.directives()?;
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::DocumentStart {
            return Err(Fault::at(token.start, "did not find expected <document start>").of_parser());
        }
        let end = token.end;
        self.scanner.take()?;
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(event(EventKind::DocumentStart, start, end))
    }

    fn directives(&mut self) -> Scan<()> {
        let mut versioned = false;
        loop {
            let mark = self.scanner.peek()?.start;
            match self.scanner.peek()?.kind {
                TokenKind::VersionDirective { .. } if versioned => {
                    return Err(Fault::at(mark, "found duplicate %YAML directive").of_parser());
                }
                TokenKind::VersionDirective { major: 1, minor: 1 } => versioned = true,
                TokenKind::VersionDirective { .. } => {
                    return Err(Fault::at(mark, "found incompatible YAML document").of_parser());
                }
                TokenKind::TagDirective(_) => {}
                _ => return Ok(()),
            }
            if let TokenKind::TagDirective(tag) = self.scanner.take()?.kind {
                if self.tag_directives.iter().any(|known| known.handle == tag.handle) {
                    return Err(Fault::at(mark, "found duplicate %TAG directive").of_parser());
                }
                self.tag_directives.push(*tag);
            }
        }
    }

    fn document_content(&mut self) -> Scan<Event<'t>> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::VersionDirective { .. }
            | TokenKind::TagDirective(_)
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                let mark = token.start;
                self.pop_state();
                Ok(empty(mark))
            }
            _ => self.node(true, false),
        }
    }

    fn document_end(&mut self) -> Scan<Event<'t>> {
        let token = self.scanner.peek()?;
        let (start, end) = (token.start, token.end);
        if token.kind == TokenKind::DocumentEnd {
            self.scanner.take()?;
        }
        self.tag_directives.clear();
        self.state = State::Document;
        Ok(event(EventKind::DocumentEnd, start, end))
    }

    fn node(&mut self, block: bool, indentless: bool) -> Scan<Event<'t>> {
        let start = self.scanner.peek()?.start;
        if let TokenKind::Alias(name) = self.scanner.peek()?.kind {
            self.pop_state();
            let token = self.scanner.take()?;
            return Ok(event(EventKind::Alias(name), token.start, token.end));
        }
        let (properties, properties_end) = self.properties(start)?;
        let token = self.scanner.peek()?;
        let (token_start, token_end) = (token.start, token.end);
        let kind = match token.kind {
            TokenKind::BlockEntry if indentless => {
                self.state = State::IndentlessEntry;
                EventKind::SequenceStart(properties)
            }
            TokenKind::Scalar(..) => {
                self.pop_state();
                let Token { kind: TokenKind::Scalar(value, style), .. } = self.scanner.take()? else {
                    unreachable!("take() gives the token that peek() showed");
                };
                EventKind::Scalar { value, style, properties }
            }
            TokenKind::FlowSequenceStart => {
                self.open(State::FlowEntry { first: true })?;
                EventKind::SequenceStart(properties)
            }
            TokenKind::FlowMappingStart => {
                self.open(State::FlowKey { first: true })?;
                EventKind::MappingStart(properties)
            }
            TokenKind::BlockSequenceStart if block => {
                self.open(State::BlockEntry)?;
                EventKind::SequenceStart(properties)
            }
            TokenKind::BlockMappingStart if block => {
                self.open(State::BlockKey)?;
                EventKind::MappingStart(properties)
            }
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                self.pop_state();
                let scalar = EventKind::Scalar { value: Cow::Borrowed(""), style: Style::Plain, properties };
                return Ok(event(scalar, properties_end, properties_end));
            }
            _ => {
                let context = if block { "while parsing a block node" } else { "while parsing a flow node" };
                return Err(
                    Fault::within(context, start, token_start, "did not find expected node content").of_parser()
                );
            }
        };
        Ok(event(kind, token_start, token_end))
    }

    /// Consumes the token that opens a collection and enters `state`.
    fn open(&mut self, state: State) -> Scan<()> {
        self.state = state;
        let start = self.scanner.take()?.start;
        self.starts.push(start);
        Ok(())
    }

    /// Leaves a collection and consumes its last token.
    fn close(&mut self) -> Scan<Event<'t>> {
        self.pop_state();
        self.starts.pop();
        let token = self.scanner.take()?;
        let closed = token.kind != TokenKind::BlockEnd;
        Ok(event(EventKind::CollectionEnd { closed }, token.start, token.end))
    }

    /// Parses an anchor and a tag, in either order. Also returns where they end.
    fn properties(&mut self, start: Mark) -> Scan<(Properties<'t>, Mark)> {
        let mut properties = Properties::default();
        let mut end = start;
        let mut tag = None;
        for _ in 0..2 {
            match self.scanner.peek()?.kind {
                TokenKind::Anchor(name) if properties.anchor.is_none() => {
                    properties.anchor = Some(name);
                    end = self.scanner.take()?.end;
                }
                TokenKind::Tag(_) if tag.is_none() => {
                    let token = self.scanner.take()?;
                    end = token.end;
                    if let TokenKind::Tag(written) = token.kind {
                        tag = Some((written, token.start));
                    }
                }
                _ => break,
            }
        }
        if let Some((written, mark)) = tag {
            // As in go-yaml, the tag is resolved only after the following token has been scanned without error.
            self.scanner.peek()?;
            properties.tag = Some(self.resolve_tag(*written, start, mark)?);
        }
        Ok((properties, end))
    }

    fn resolve_tag(&self, tag: Tag, start: Mark, mark: Mark) -> Scan<String> {
        let defined = self.tag_directives.iter().find(|directive| directive.handle == tag.handle);
        match (defined, tag.handle.as_str()) {
            (Some(directive), _) => Ok(directive.suffix.clone() + &tag.suffix),
            (None, "") => Ok(tag.suffix),
            (None, "!") => Ok(tag.handle + &tag.suffix),
            (None, "!!") => Ok("tag:yaml.org,2002:".to_owned() + &tag.suffix),
            _ => Err(Fault::within("while parsing a node", start, mark, "found undefined tag handle").of_parser()),
        }
    }

    fn unexpected(&mut self, context: &'static str, problem: &'static str) -> Box<Fault> {
        let start = self.starts.last().copied().unwrap_or_default();
        match self.scanner.peek() {
            Ok(token) => Fault::within(context, start, token.start, problem).of_parser(),
            Err(fault) => fault,
        }
    }

    fn block_entry(&mut self) -> Scan<Event<'t>> {
        match self.scanner.peek()?.kind {
            TokenKind::BlockEntry => {
                let mark = self.scanner.take()?.end;
                match self.scanner.peek()?.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => Ok(empty(mark)),
                    _ => {
                        self.states.push(State::BlockEntry);
                        self.node(true, false)
                    }
                }
            }
            TokenKind::BlockEnd => self.close(),
            _ => Err(self.unexpected("while parsing a block collection", "did not find expected '-' indicator")),
        }
    }

    /// Parses an entry of a sequence whose dashes are in the column of the surrounding mapping's keys.
    fn indentless_entry(&mut self) -> Scan<Event<'t>> {
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::BlockEntry {
            let mark = token.start;
            self.pop_state();
            return Ok(event(EventKind::CollectionEnd { closed: false }, mark, mark));
        }
        let mark = self.scanner.take()?.end;
        match self.scanner.peek()?.kind {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => Ok(empty(mark)),
            _ => {
                self.states.push(State::IndentlessEntry);
                self.node(true, false)
            }
        }
    }

    fn block_key(&mut self) -> Scan<Event<'t>> {
        match self.scanner.peek()?.kind {
            TokenKind::Key => self.block_child(State::BlockValue),
            TokenKind::BlockEnd => self.close(),
            _ => Err(self.unexpected("while parsing a block mapping", "did not find expected key")),
        }
    }

    fn block_value(&mut self) -> Scan<Event<'t>> {
        let token = self.scanner.peek()?;
        if token.kind == TokenKind::Value {
            return self.block_child(State::BlockKey);
        }
        let mark = token.start;
        self.state = State::BlockKey;
        Ok(empty(mark))
    }

    /// Parses the node after `?` or `:` in a block mapping.
    fn block_child(&mut self, then: State) -> Scan<Event<'t>> {
        let mark = self.scanner.take()?.end;
        match self.scanner.peek()?.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                self.state = then;
                Ok(empty(mark))
            }
            _ => {
                self.states.push(then);
                self.node(true, true)
            }
        }
    }

    /// Consumes the comma between two entries of a flow collection.
    fn comma(&mut self, context: &'static str, problem: &'static str) -> Scan<()> {
        if self.scanner.peek()?.kind != TokenKind::FlowEntry {
            return Err(self.unexpected(context, problem));
        }
        self.scanner.take()?;
        Ok(())
    }

    fn flow_entry(&mut self, first: bool) -> Scan<Event<'t>> {
        if !first && self.scanner.peek()?.kind != TokenKind::FlowSequenceEnd {
            self.comma("while parsing a flow sequence", "did not find expected ',' or ']'")?;
        }
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::FlowSequenceEnd => self.close(),
            TokenKind::Key => {
                // `[a: b]` contains a mapping with one pair.
                let (start, end) = (token.start, token.end);
                self.scanner.take()?;
                self.state = State::PairKey;
                Ok(event(EventKind::MappingStart(Properties::default()), start, end))
            }
            _ => {
                self.states.push(State::FlowEntry { first: false });
                self.node(false, false)
            }
        }
    }

    fn pair_key(&mut self) -> Scan<Event<'t>> {
        match self.scanner.peek()?.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                let mark = self.scanner.take()?.end;
                self.state = State::PairValue;
                Ok(empty(mark))
            }
            _ => {
                self.states.push(State::PairValue);
                self.node(false, false)
            }
        }
    }

    fn pair_value(&mut self) -> Scan<Event<'t>> {
        if self.scanner.peek()?.kind == TokenKind::Value {
            self.scanner.take()?;
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                self.states.push(State::PairEnd);
                return self.node(false, false);
            }
        }
        self.state = State::PairEnd;
        Ok(empty(self.scanner.peek()?.start))
    }

    fn pair_end(&mut self) -> Scan<Event<'t>> {
        self.state = State::FlowEntry { first: false };
        let mark = self.scanner.peek()?.start;
        Ok(event(EventKind::CollectionEnd { closed: false }, mark, mark))
    }

    fn flow_key(&mut self, first: bool) -> Scan<Event<'t>> {
        if !first && self.scanner.peek()?.kind != TokenKind::FlowMappingEnd {
            self.comma("while parsing a flow mapping", "did not find expected ',' or '}'")?;
        }
        match self.scanner.peek()?.kind {
            TokenKind::FlowMappingEnd => self.close(),
            TokenKind::Key => {
                self.scanner.take()?;
                let token = self.scanner.peek()?;
                if matches!(token.kind, TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                    let mark = token.start;
                    self.state = State::FlowValue;
                    return Ok(empty(mark));
                }
                self.states.push(State::FlowValue);
                self.node(false, false)
            }
            _ => {
                self.states.push(State::FlowNoValue);
                self.node(false, false)
            }
        }
    }

    fn flow_value(&mut self) -> Scan<Event<'t>> {
        if self.scanner.peek()?.kind == TokenKind::Value {
            self.scanner.take()?;
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                self.states.push(State::FlowKey { first: false });
                return self.node(false, false);
            }
        }
        self.state = State::FlowKey { first: false };
        Ok(empty(self.scanner.peek()?.start))
    }
}

fn event<'t>(kind: EventKind<'t>, start: Mark, end: Mark) -> Event<'t> {
    Event { kind, start: start.offset, end: end.offset }
}

/// Returns an event for a node that is not written, which is null.
fn empty<'t>(mark: Mark) -> Event<'t> {
    let kind = EventKind::Scalar { value: Cow::Borrowed(""), style: Style::Plain, properties: Properties::default() };
    event(kind, mark, mark)
}
