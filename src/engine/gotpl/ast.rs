//! The syntax tree of templates: all nodes of a text in one arena, with their byte offsets.
//!
//! Parsing a text produces one [`Parsed`], which holds the tree of the file itself and one for each template that the
//! file defines. It is immutable and independent of any render, so it can be kept and shared.

use std::ops::Range;
use std::sync::OnceLock;

use super::number::Number;
use super::value::Text;
use crate::diagnostic::Source;
use crate::go::strconv::unquote_bytes;

/// The index of a node in its arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(pub u32);

/// A range in the arena's list of children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Children {
    start: u32,
    end: u32,
}

impl Children {
    /// The number of children.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there are no children.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A chain of field names such as `.a.b`, as a range of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fields {
    start: u32,
    end: u32,
}

impl Fields {
    /// The chain in a range of the text.
    pub(super) fn new(start: u32, end: u32) -> Fields {
        Fields { start, end }
    }

    /// Extends the chain by the name that directly follows it and ends at `end`.
    pub(super) fn up_to(self, end: u32) -> Fields {
        Fields { start: self.start, end }
    }

    /// Whether the chain has no names.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The byte range in the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A string literal.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    /// The literal as written, with its quotes.
    written: Range<u32>,
    /// The unquoted string, computed on first use: most of a template is never run.
    value: OnceLock<Text>,
}

/// A use of a variable: its name, and its slot on the variable stack of a running template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// The index of its name, see [`Parsed::variable_name`].
    pub name: u32,
    /// The slot, counted from the bottom; `None` if the parser knows that the variable does not exist when the node
    /// runs, which is an error then.
    pub slot: Option<u32>,
}

/// A call of a template by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation {
    /// The index of the name, see [`Parsed::name`].
    pub name: u32,
    /// The pipeline whose value becomes the dot; `None` leaves the dot missing.
    pub pipe: Option<NodeId>,
}

/// A node of the syntax tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// Text outside of actions, from the node's offset to `end`.
    Text { end: u32 },
    /// `{{ pipeline }}`
    Action { pipe: NodeId },
    /// `{{ if }}`
    If(Control),
    /// `{{ with }}`
    With(Control),
    /// `{{ range }}`
    Range(Control),
    /// `{{ break }}`
    Break,
    /// `{{ continue }}`
    Continue,
    /// `{{ template }}`, and `{{ block }}`, which also defines the template that it calls.
    Template(Invocation),
    /// A sequence of text and actions, such as the body of a control action.
    List(Children),
    /// Commands, each passed the value of the one before it. The result may go to variables.
    Pipe { variables: Children, commands: Children, assigns: bool },
    /// An operand and its arguments.
    Command(Children),
    /// `.a.b`
    Field(Fields),
    /// `$x.a.b`
    Variable(Variable, Fields),
    /// `(pipeline).a.b`, `function.a.b`
    Chain { receiver: NodeId, fields: Fields },
    /// A function, by its number in the table of functions.
    Identifier { function: u16 },
    /// `.`
    Dot,
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// A number, by its index among the constants.
    Number(u32),
    /// A string, by its index among the constants.
    String(u32),
}

/// A control action: a pipeline, and the lists that run depending on its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Control {
    /// The pipeline.
    pub pipe: NodeId,
    /// Runs if the value is true, or once for each of its items.
    pub list: NodeId,
    /// Runs otherwise: the `{{ else }}` branch.
    pub else_list: Option<NodeId>,
}

/// A template: a file itself, or one that a file defines.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The name by which it is called.
    pub name: Text,
    /// Its body, a [`Node::List`].
    pub root: NodeId,
    /// Whether it contains only white space and comments: then it does not replace a template of the same name.
    pub is_empty: bool,
}

/// The source of a parsed text.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A template file.
    File(Source),
    /// A text passed to `tpl`.
    Text(Text),
}

impl Origin {
    /// The text.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Origin::File(source) => source.bytes(),
            Origin::Text(text) => text,
        }
    }

    /// The text passed to `tpl`; `None` for a file.
    pub fn text(&self) -> Option<Text> {
        if let Origin::Text(text) = self { Some(text.clone()) } else { None }
    }

    /// The file; `None` for a text passed to `tpl`.
    pub fn source(&self) -> Option<&Source> {
        if let Origin::File(source) = self { Some(source) } else { None }
    }
}

/// A parsed text.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The name of the file, or `gotpl` for a text passed to `tpl`.
    pub name: Text,
    /// The text and its source.
    pub origin: Origin,
    /// The templates. The last one is the file itself.
    pub trees: Vec<Tree>,
    /// Whether a variable is declared inside parentheses. `and` and `or` may skip such a declaration, so the slots of
    /// variables are only known at run time.
    pub is_dynamic: bool,
    /// Whether it contains `break` or `continue`.
    pub leaves_loops: bool,
    /// Whether it defines a template with the file's own name.
    pub(super) defines_itself: bool,
    pub(super) nodes: Vec<Node>,
    pub(super) offsets: Vec<u32>,
    pub(super) children: Vec<NodeId>,
    /// Numbers, with their ranges in the text.
    pub(super) numbers: Vec<(Range<u32>, Number)>,
    pub(super) strings: Vec<Literal>,
    pub(super) variable_names: Vec<Text>,
    pub(super) names: Vec<Text>,
    /// Returns the name of a function by its number, for writing nodes back in errors.
    pub(super) function_names: fn(u16) -> &'static str,
}

impl Parsed {
    /// All nodes, in the order in which they were parsed.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.nodes.iter().copied()
    }

    /// The number of nodes.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Gives the tree another file name; `None` if the text must be parsed again because it defines a template with its old
    /// or its new name.
    pub(super) fn rename(mut self, name: &Text, origin: &Origin) -> Option<Parsed> {
        let (main, defined) = self.trees.split_last_mut()?;
        if self.defines_itself || defined.iter().any(|tree| tree.name == *name) {
            return None;
        }
        main.name = name.clone();
        (self.name, self.origin) = (name.clone(), origin.clone());
        Some(self)
    }

    /// The tree of the file itself.
    pub fn main(&self) -> &Tree {
        &self.trees[self.trees.len() - 1]
    }

    /// The node with this index.
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// The offset where a node begins. As in Go, a chain of fields begins at its second field.
    pub fn offset(&self, id: NodeId) -> usize {
        self.offsets[id.0 as usize] as usize
    }

    /// The nodes in a range of children.
    pub fn children(&self, children: Children) -> &[NodeId] {
        &self.children[children.start as usize..children.end as usize]
    }

    /// The operands of a command; none if the node is not a command.
    pub fn operands(&self, command: NodeId) -> &[NodeId] {
        if let Node::Command(operands) = self.node(command) { self.children(operands) } else { &[] }
    }

    /// The commands of a pipeline; none if the node is not a pipeline.
    pub fn commands(&self, pipe: NodeId) -> &[NodeId] {
        if let Node::Pipe { commands, .. } = self.node(pipe) { self.children(commands) } else { &[] }
    }

    /// The operand of a pipeline that consists of nothing else.
    pub fn only_operand(&self, pipe: NodeId) -> Option<NodeId> {
        let [command] = self.commands(pipe) else { return None };
        let [operand] = self.operands(*command) else { return None };
        Some(*operand)
    }

    /// The name of the function that a command with these operands calls.
    pub fn called_function(&self, operands: &[NodeId]) -> Option<&'static str> {
        match self.node(*operands.first()?) {
            Node::Identifier { function } => Some((self.function_names)(function)),
            _ => None,
        }
    }

    /// The unquoted string, if a node is a string literal.
    pub fn string_literal(&self, id: NodeId) -> Option<&Text> {
        if let Node::String(index) = self.node(id) { Some(self.string(index)) } else { None }
    }

    /// The names in a chain of fields.
    pub fn fields(&self, fields: Fields) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.fields_text(fields);
        std::iter::from_fn(move || {
            let (name, after) = first_field(rest)?;
            rest = after;
            Some(name)
        })
    }

    /// A chain of fields as written.
    pub fn fields_text(&self, fields: Fields) -> &[u8] {
        self.written(fields.start..fields.end)
    }

    fn written(&self, range: Range<u32>) -> &[u8] {
        &self.origin.bytes()[range.start as usize..range.end as usize]
    }

    /// The number at an index.
    pub fn number(&self, index: u32) -> &Number {
        &self.numbers[index as usize].1
    }

    /// The number at an index, as written.
    pub fn number_text(&self, index: u32) -> &[u8] {
        self.written(self.numbers[index as usize].0.clone())
    }

    /// The unquoted string at an index.
    pub fn string(&self, index: u32) -> &Text {
        let literal = &self.strings[index as usize];
        // The parser has checked that unquoting succeeds.
        literal.value.get_or_init(|| unquote_bytes(self.string_text(index)).map(Text::from).unwrap_or_default())
    }

    /// The string at an index, as written.
    pub fn string_text(&self, index: u32) -> &[u8] {
        self.written(self.strings[index as usize].written.clone())
    }

    /// The name of a variable, with its `$`.
    pub fn variable_name(&self, index: u32) -> &Text {
        &self.variable_names[index as usize]
    }

    /// The name of a called template.
    pub fn name(&self, index: u32) -> &Text {
        &self.names[index as usize]
    }

    /// The text of a [`Node::Text`].
    pub fn text(&self, id: NodeId, end: u32) -> &[u8] {
        &self.origin.bytes()[self.offset(id)..end as usize]
    }

    pub(super) fn add_children(&mut self, ids: &[NodeId]) -> Children {
        let start = self.children.len() as u32;
        self.children.extend_from_slice(ids);
        Children { start, end: self.children.len() as u32 }
    }

    pub(super) fn add_string(&mut self, written: Range<u32>) -> Node {
        self.strings.push(Literal { written, value: OnceLock::new() });
        Node::String(self.strings.len() as u32 - 1)
    }

    /// Replaces a node and its offset.
    pub(super) fn replace(&mut self, id: NodeId, node: Node, offset: u32) {
        self.nodes[id.0 as usize] = node;
        self.offsets[id.0 as usize] = offset;
    }

    pub(super) fn add(&mut self, node: Node, offset: u32) -> NodeId {
        self.nodes.push(node);
        self.offsets.push(offset);
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// The line (from 1) of an offset and the byte in that line (from 0), as Go's errors count them.
    pub fn line_and_byte(&self, offset: usize) -> (usize, usize) {
        let before = &self.origin.bytes()[..offset];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        (line, offset - start)
    }
}

/// Splits the first name off a chain of fields as written, and returns it with the rest.
pub(super) fn first_field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, names) = text.split_first()?;
    let end = names.iter().position(|&byte| byte == b'.').unwrap_or(names.len());
    Some(names.split_at(end))
}
