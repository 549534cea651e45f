//! Builds the node tree of a document from events; scalars are still text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::cursor::Mark;
use super::parser::{EventKind, Parser, Properties};
use super::token::Style;
use super::{Fault, Scan};

/// A node's index in its [`Document`].
pub type NodeId = u32;

/// The content of a node as written.
#[derive(Debug)]
pub enum Content<'t> {
    /// The text, without quotes and with lines folded.
    Scalar(Cow<'t, str>, Style),
    /// The items.
    Sequence(Vec<NodeId>),
    /// The keys and values, alternating.
    Mapping(Vec<NodeId>),
    /// An alias of an anchored node.
    Alias(NodeId),
}

/// A node as written.
#[derive(Debug)]
pub struct Syntax<'t> {
    /// Its content.
    pub content: Content<'t>,
    /// Its tag in the long form: `!!int` is `tag:yaml.org,2002:int`.
    pub tag: Option<Box<str>>,
    /// Its start and end offsets in the text, without its anchor and tag.
    pub place: (u32, u32),
    /// The name of the alias or anchor.
    pub anchor: Option<&'t str>,
}

impl Syntax<'_> {
    /// Whether this is the key `<<`, whose value is merged into the map.
    pub fn is_merge_key(&self) -> bool {
        match (&self.content, self.tag.as_deref()) {
            (Content::Scalar(text, style), None) => *style == Style::Plain && text == "<<",
            (Content::Scalar(text, _), Some(tag)) => text == "<<" && matches!(tag, "!" | "tag:yaml.org,2002:merge"),
            _ => false,
        }
    }
}

/// The first document of a text.
#[derive(Debug)]
pub struct Document<'t> {
    nodes: Vec<Syntax<'t>>,
    /// The root node; `None` if the text has no document.
    pub root: Option<NodeId>,
}

/// A collection that is still open.
struct Open {
    id: NodeId,
    children: Vec<NodeId>,
}

impl<'t> Document<'t> {
    /// Parses the first document of a text; the rest is ignored.
    ///
    /// # Errors
    /// The first syntax error, an alias without its anchor, or too many nodes.
    pub fn parse(text: &'t str) -> Scan<Document<'t>> {
        Self::parse_with(text, false)
    }

    /// Parses the first document of a text that Helm reads line by line, which removes one `\r` from the end of each line.
    ///
    /// # Errors
    /// As for [`Document::parse`].
    pub fn parse_lines(text: &'t str) -> Scan<Document<'t>> {
        Self::parse_with(text, true)
    }

    fn parse_with(text: &'t str, by_line: bool) -> Scan<Document<'t>> {
        let content_start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut parser = Parser::new(&text[content_start..]);
        parser.scanner.cursor.by_line = by_line;
        let mut builder = Builder { nodes: Vec::new(), open: Vec::new(), anchors: BTreeMap::new(), root: None };
        let outcome = builder.read(&mut parser);
        let reached = content_start + parser.scanner.cursor.mark.offset;
        if let Some(fault) = control_character(text, reached) {
            return Err(fault);
        }
        let shift = |mark: Mark| Mark { offset: mark.offset + content_start, ..mark };
        outcome.map_err(|mut fault| {
            fault.at = shift(fault.at);
            fault.context = fault.context.map(|(what, mark)| (what, shift(mark)));
            fault
        })?;
        for node in &mut builder.nodes {
            node.place.0 += content_start as u32;
            node.place.1 += content_start as u32;
        }
        Ok(Document { nodes: builder.nodes, root: builder.root })
    }

    /// Returns all nodes, in source order.
    pub fn nodes(&self) -> impl Iterator<Item = &Syntax<'t>> {
        self.nodes.iter()
    }

    /// Returns the node with an id.
    pub fn node(&self, id: NodeId) -> &Syntax<'t> {
        &self.nodes[id as usize]
    }
}

/// The maximum number of nodes, keys included, in a document: each takes some 200 bytes while it is parsed. A list in 4 MiB
/// of text can have that many; no manifest or values file comes close.
const MAX_NODES: usize = 2_000_000;

struct Builder<'t> {
    nodes: Vec<Syntax<'t>>,
    open: Vec<Open>,
    anchors: BTreeMap<&'t str, NodeId>,
    root: Option<NodeId>,
}

impl<'t> Builder<'t> {
    fn read(&mut self, parser: &mut Parser<'t>) -> Scan<()> {
        loop {
            let event = parser.next()?;
            let place = (event.start as u32, event.end as u32);
            if self.nodes.len() > MAX_NODES {
                return Err(Fault::unnumbered(event.start, format!("document has more than {MAX_NODES} values")));
            }
            match event.kind {
                EventKind::StreamEnd | EventKind::DocumentEnd => return Ok(()),
                EventKind::DocumentStart => {}
                EventKind::Alias(name) => {
                    let Some(&target) = self.anchors.get(name) else {
                        return Err(Fault::unnumbered(event.start, format!("unknown anchor '{name}' referenced")));
                    };
                    let properties = Properties { anchor: None, tag: None };
                    let id = self.add(Content::Alias(target), properties, place);
                    self.nodes[id as usize].anchor = Some(name);
                }
                EventKind::Scalar { value, style, properties } => {
                    self.add(Content::Scalar(value, style), properties, place);
                }
                EventKind::SequenceStart(properties) => self.begin(Content::Sequence(Vec::new()), properties, place),
                EventKind::MappingStart(properties) => self.begin(Content::Mapping(Vec::new()), properties, place),
                EventKind::CollectionEnd { closed } => self.end(closed, place.1),
            }
        }
    }

    fn add(&mut self, content: Content<'t>, properties: Properties<'t>, place: (u32, u32)) -> NodeId {
        let id = self.nodes.len() as NodeId;
        if let Some(name) = properties.anchor {
            self.anchors.insert(name, id);
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(id),
            None => self.root = Some(id),
        }
        let tag = properties.tag.map(String::into_boxed_str);
        self.nodes.push(Syntax { content, tag, place, anchor: properties.anchor });
        id
    }

    fn begin(&mut self, content: Content<'t>, properties: Properties<'t>, place: (u32, u32)) {
        let id = self.add(content, properties, place);
        self.open.push(Open { id, children: Vec::new() });
    }

    fn end(&mut self, closed: bool, end: u32) {
        let Some(Open { id, children }) = self.open.pop() else { return };
        let last = children.last().map(|&child| self.nodes[child as usize].place.1);
        let node = &mut self.nodes[id as usize];
        node.place.1 = if closed { end } else { last.unwrap_or(node.place.1).max(node.place.0) };
        if let Content::Sequence(items) | Content::Mapping(items) = &mut node.content {
            *items = children;
        }
    }
}

/// Returns the error for the first forbidden character, if go-yaml would have read it by then: it reads ahead in
/// blocks of 512 bytes.
fn control_character(text: &str, reached: usize) -> Option<Box<Fault>> {
    const PIECE: usize = 512;
    let read = (reached + 4).div_ceil(PIECE) * PIECE;
    let text = &text[..text.floor_char_boundary(read)];
    Some(Fault::unnumbered(forbidden_character(text)?, "control characters are not allowed"))
}

/// Returns the offset of the first character that YAML forbids, even in quotes.
pub fn forbidden_character(text: &str) -> Option<usize> {
    const STEP: usize = 32;
    let bytes = text.as_bytes();
    let mut at = 0;
    let is_plain = |byte: u8| (0x20..0x7F).contains(&byte) | (byte == b'\n');
    while let Some(&byte) = bytes.get(at) {
        // Nearly all text is plain ASCII, so several bytes are checked at once, in a loop without an early exit.
        if let Some(step) = bytes.get(at..at + STEP)
            && step.iter().fold(true, |plain, &byte| plain & is_plain(byte))
        {
            at += STEP;
            continue;
        }
        let next = |ahead: usize| bytes.get(at + ahead).copied().unwrap_or(0);
        let forbidden = match byte {
            b' '..=b'~' | b'\t' | b'\n' | b'\r' => false,
            0..=0x1F | 0x7F => true,
            0xC2 => next(1) < 0xA0 && next(1) != 0x85,
            0xEF => next(1) == 0xBF && next(2) > 0xBD,
            _ => false,
        };
        if forbidden {
            return Some(at);
        }
        at += 1;
    }
    None
}
