//! Parsed templates: all nodes of a text in one arena, with byte offsets.
//!
//! A text gives one [`Parsed`], which holds the tree of the file itself and one for each template that it defines. It is
//! immutable and has nothing of a render in it, so that it can be kept and shared.

use std::ops::Range;
use std::sync::OnceLock;

use super::number::Number;
use super::value::Text;
use crate::diagnostic::Source;
use crate::go::strconv::unquote_bytes;

/// The number of a node in its arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(pub u32);

/// A run of nodes, in the list of children of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Children {
    start: u32,
    end: u32,
}

impl Children {
    /// How many there are.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A run of field names: where it is in the text, `.a.b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fields {
    start: u32,
    end: u32,
}

impl Fields {
    /// The run in a part of the text.
    pub(super) fn of(start: u32, end: u32) -> Fields {
        Fields { start, end }
    }

    /// This run and the name right behind it, which ends at `end`.
    pub(super) fn up_to(self, end: u32) -> Fields {
        Fields { start: self.start, end }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Where in the text it is.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A string of a template.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    /// The string as it was written.
    written: Range<u32>,
    /// What it stands for, once it was asked for: most of a template is not run.
    value: OnceLock<Text>,
}

/// A variable where it is used: its name, and its place on the stack of variables of a running template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// The number of its name, see [`Parsed::variable_name`].
    pub name: u32,
    /// Its place from the bottom; `None` where parsing knows that there is none, which is an error when it is run.
    pub slot: Option<u32>,
}

/// How a template is called by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation {
    /// The number of the name, see [`Parsed::name`].
    pub name: u32,
    /// The data; without one it is missing.
    pub pipe: Option<NodeId>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// Text outside of actions, from the node's offset up to here.
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
    /// `{{ template }}`, and `{{ block }}`, which is one that also defines it.
    Template(Invocation),
    /// What is between two control actions.
    List(Children),
    /// Commands that hand on their value, perhaps to variables.
    Pipe { variables: Children, commands: Children, assigns: bool },
    /// An operand and its arguments.
    Command(Children),
    /// `.a.b`
    Field(Fields),
    /// `$x.a.b`
    Variable(Variable, Fields),
    /// `(pipeline).a.b`, `function.a.b`
    Chain { of: NodeId, fields: Fields },
    /// A function, by its number in the table.
    Identifier { function: u16 },
    /// `.`
    Dot,
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// A number, by its position among the constants.
    Number(u32),
    /// A string, by its position among the constants.
    String(u32),
}

/// A pipeline, and what is run depending on its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Control {
    /// The pipeline.
    pub pipe: NodeId,
    /// What is run if its value is true, or for each of its items.
    pub list: NodeId,
    /// What is run otherwise.
    pub otherwise: Option<NodeId>,
}

/// A template: the tree of a file, or one that a file defines.
#[derive(Debug, Clone)]
pub struct Tree {
    /// Its name.
    pub name: Text,
    /// Its body, a [`Node::List`].
    pub root: NodeId,
    /// Whether it holds nothing but white space and comments: then it does not replace a template of the same name.
    pub is_empty: bool,
}

/// What a text that was parsed came from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A template file.
    File(Source),
    /// A text given to `tpl`.
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

    /// The text given to `tpl`, if it is one.
    pub fn text(&self) -> Option<Text> {
        if let Origin::Text(text) = self { Some(text.clone()) } else { None }
    }

    /// The file, if it is one.
    pub fn source(&self) -> Option<&Source> {
        if let Origin::File(source) = self { Some(source) } else { None }
    }
}

/// A text that was parsed.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The name of the file, or `gotpl`.
    pub name: Text,
    /// The text.
    pub origin: Origin,
    /// The templates: the last is the file itself.
    pub trees: Vec<Tree>,
    /// Whether variables are declared inside of parentheses: `and` and `or` may leave such a declaration out, so that the
    /// slots of variables are not known before a run.
    pub is_dynamic: bool,
    /// Whether it defines a template of the file's own name.
    pub(super) defines_itself: bool,
    pub(super) nodes: Vec<Node>,
    pub(super) offsets: Vec<u32>,
    pub(super) children: Vec<NodeId>,
    /// Numbers, and where they are written.
    pub(super) numbers: Vec<(Range<u32>, Number)>,
    pub(super) strings: Vec<Literal>,
    pub(super) variable_names: Vec<Text>,
    pub(super) names: Vec<Text>,
    /// The names of functions, by the node that calls them: what is written back in errors.
    pub(super) function_names: fn(u16) -> &'static str,
}

impl Parsed {
    /// The same text as another file; `None` if it has to be parsed again because it defines a template of its own
    /// or of the new name.
    pub(super) fn renamed(&self, name: &Text, origin: &Origin) -> Option<Parsed> {
        let (_, defined) = self.trees.split_last()?;
        if self.defines_itself || defined.iter().any(|tree| tree.name == *name) {
            return None;
        }
        let mut parsed = Parsed { name: name.clone(), origin: origin.clone(), ..self.clone() };
        parsed.trees.last_mut()?.name = name.clone();
        Some(parsed)
    }

    /// The tree of the file itself.
    pub fn main(&self) -> &Tree {
        &self.trees[self.trees.len() - 1]
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// Where a node begins, as Go counts: a chain of fields begins at its second field.
    pub fn offset(&self, id: NodeId) -> usize {
        self.offsets[id.0 as usize] as usize
    }

    /// The nodes of a run.
    pub fn children(&self, children: Children) -> &[NodeId] {
        &self.children[children.start as usize..children.end as usize]
    }

    /// The names of a run of fields.
    pub fn fields(&self, fields: Fields) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.fields_text(fields);
        std::iter::from_fn(move || {
            let (name, after) = first_field(rest)?;
            rest = after;
            Some(name)
        })
    }

    /// A run of fields as it is written.
    pub fn fields_text(&self, fields: Fields) -> &[u8] {
        self.written(fields.start..fields.end)
    }

    fn written(&self, range: Range<u32>) -> &[u8] {
        &self.origin.bytes()[range.start as usize..range.end as usize]
    }

    /// A number.
    pub fn number(&self, index: u32) -> &Number {
        &self.numbers[index as usize].1
    }

    /// A number as it was written.
    pub fn number_text(&self, index: u32) -> &[u8] {
        self.written(self.numbers[index as usize].0.clone())
    }

    /// A string.
    pub fn string(&self, index: u32) -> &Text {
        let literal = &self.strings[index as usize];
        // The parser has seen that it stands for something.
        literal.value.get_or_init(|| unquote_bytes(self.string_text(index)).map(Text::from).unwrap_or_default())
    }

    /// A string as it was written.
    pub fn string_text(&self, index: u32) -> &[u8] {
        self.written(self.strings[index as usize].written.clone())
    }

    /// The name of a variable, with its `$`.
    pub fn variable_name(&self, index: u32) -> &Text {
        &self.variable_names[index as usize]
    }

    /// The name of a template that is called.
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

    /// Replaces the node that was added last.
    pub(super) fn replace(&mut self, id: NodeId, node: Node, offset: u32) {
        self.nodes[id.0 as usize] = node;
        self.offsets[id.0 as usize] = offset;
    }

    pub(super) fn add(&mut self, node: Node, offset: u32) -> NodeId {
        self.nodes.push(node);
        self.offsets.push(offset);
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// The line (from 1) and the byte in it (from 0) of an offset, as Go's errors have them.
    pub fn line_and_byte(&self, offset: usize) -> (usize, usize) {
        let before = &self.origin.bytes()[..offset];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        (line, offset - start)
    }
}

/// The first name of fields as they are written, and what is behind it.
pub(super) fn first_field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, names) = text.split_first()?;
    let end = names.iter().position(|&byte| byte == b'.').unwrap_or(names.len());
    Some(names.split_at(end))
}
