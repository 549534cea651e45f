//! Parses tokens into templates as Go's `text/template/parse` does, with the same messages.
//!
//! Control actions may nest as deeply as the text is long, so open ones are kept on an explicit stack (`Open`).
//! Pipelines in parentheses recurse, up to Go's limit.

mod context;
mod pipeline;
mod tokens;
mod variables;

use std::collections::HashMap;

use self::context::Context;
use self::tokens::Tokens;
use self::variables::{Mark, Variables};
use super::ast::{Control, Invocation, Node, NodeId, Origin, Parsed, Tree};
use super::errors::ParseError;
use super::lex::{LexError, Token, TokenKind};
use super::value::Text;
use crate::go::strconv::{quote_double, unquote_bytes};

/// The functions that templates can call.
#[derive(Clone, Copy)]
pub struct Functions {
    /// Returns the number of a function; `None` if the name is not defined.
    pub number: fn(&[u8]) -> Option<u16>,
    /// Returns the name of a function.
    pub name: fn(u16) -> &'static str,
}

/// For how many nodes space is reserved at most. Larger files are rare, and may be mostly text.
const MAX_EXPECTED_NODES: usize = 8 << 10;

/// Parses a file, or a text passed to `tpl`, whose name is `gotpl`.
///
/// # Errors
/// The first error in the text.
pub fn parse(name: &Text, origin: Origin, functions: Functions) -> Result<Parsed, ParseError> {
    // Offsets have 32 bits: files of that size are refused when they are read, and other texts are limited by the budget.
    let kept = origin.clone();
    let text = kept.bytes();
    // Templates have about one node for every 16 bytes.
    let size = (text.len() / 16).min(MAX_EXPECTED_NODES);
    let mut parser = Parser {
        parsed: Parsed {
            name: name.clone(),
            origin,
            trees: Vec::new(),
            is_dynamic: false,
            leaves_loops: false,
            defines_itself: false,
            nodes: Vec::with_capacity(size),
            offsets: Vec::with_capacity(size),
            children: Vec::with_capacity(size),
            numbers: Vec::new(),
            strings: Vec::new(),
            variable_names: vec!["$".into()],
            names: Vec::new(),
            function_names: functions.name,
        },
        functions,
        text,
        tokens: Tokens::new(text),
        waiting: Vec::new(),
        variables: Variables::new(),
        variable_numbers: HashMap::from_iter([(&b"$"[..], 0)]),
        tree_numbers: HashMap::default(),
        paren_depth: 0,
        range_depth: 0,
        action: None,
    };
    parser.parse()?;
    Ok(parser.parsed)
}

struct Parser<'t> {
    parsed: Parsed,
    functions: Functions,
    text: &'t [u8],
    tokens: Tokens<'t>,
    /// A stack: the operands of unfinished commands, and the commands of unfinished pipelines.
    waiting: Vec<NodeId>,
    variables: Variables,
    variable_numbers: HashMap<&'t [u8], u32, ahash::RandomState>,
    /// The index in `trees` of each name that is defined so far.
    tree_numbers: HashMap<Text, usize, ahash::RandomState>,
    paren_depth: usize,
    range_depth: usize,
    /// The opening delimiter of the current action.
    action: Option<Token>,
}

/// A control action or definition whose `{{ end }}` has not been read yet.
struct Open {
    kind: Kind,
    /// The offset of the node.
    offset: u32,
    /// The nodes read so far of the branch that is open.
    list: Vec<NodeId>,
    /// The first branch, once `{{ else }}` was read.
    first: Option<NodeId>,
    /// Whether its `{{ end }}` also ends the action around it, as after `{{ else if }}`.
    is_chained: bool,
}

enum Kind {
    If(NodeId, Marks),
    With(NodeId, Marks),
    Range(NodeId, Marks),
    Define(Text, Outside),
    /// The name, the state around it, the call, and the closing delimiter of `{{ block }}`.
    Block(Text, Outside, NodeId, Token),
}

/// The variables before and after the pipeline of a control action.
#[derive(Clone, Copy)]
struct Marks {
    before: Mark,
    after: Mark,
}

/// The state that a definition hides until it ends.
struct Outside {
    variables: Variables,
    range_depth: usize,
}

impl<'t> Parser<'t> {
    fn parse(&mut self) -> Result<(), ParseError> {
        let mut open: Vec<Open> = Vec::new();
        let mut top: Vec<NodeId> = Vec::new();
        loop {
            // Between actions, white space is part of the text, so there are no space tokens here.
            let token = self.tokens.next_non_space();
            match token.kind {
                TokenKind::Eof if open.is_empty() => break,
                TokenKind::Eof => return Err(self.error("unexpected EOF")),
                TokenKind::Text => {
                    let text = self.parsed.add(Node::Text { end: token.end }, token.start);
                    open.last_mut().map_or(&mut top, |open| &mut open.list).push(text);
                }
                TokenKind::LeftDelimiter => self.action(token, &mut open, &mut top)?,
                _ => return Err(self.unexpected(token, "input")),
            }
        }
        let tree = self.tree(self.parsed.name.clone(), &top);
        self.parsed.defines_itself = self.tree_numbers.contains_key(&self.parsed.name);
        self.add_tree(tree)?;
        // If the file defines a template with its own name, that tree is not the last one yet.
        if let Some(main) = self.tree_numbers.get(&self.parsed.name) {
            let main = self.parsed.trees.remove(*main);
            self.parsed.trees.push(main);
        }
        Ok(())
    }

    /// Parses an action whose opening delimiter was consumed.
    fn action(&mut self, delimiter: Token, open: &mut Vec<Open>, top: &mut Vec<NodeId>) -> Result<(), ParseError> {
        let token = self.tokens.next_non_space();
        if token.kind == TokenKind::Define && open.is_empty() {
            return self.define(open);
        }
        self.action = Some(delimiter);
        let node = match token.kind {
            TokenKind::Block => return self.block(open),
            TokenKind::If | TokenKind::With | TokenKind::Range => return self.control(token.kind, false, open),
            TokenKind::Break => self.leave(token, "break", Node::Break)?,
            TokenKind::Continue => self.leave(token, "continue", Node::Continue)?,
            TokenKind::Else => return self.else_branch(open),
            TokenKind::End => {
                self.expect(TokenKind::RightDelimiter, "end")?;
                self.action = None;
                return self.end(open, top);
            }
            TokenKind::Template => self.template()?,
            _ => {
                self.tokens.back_up();
                let offset = self.tokens.peek().start;
                let pipe = self.pipeline(Context::Command, TokenKind::RightDelimiter)?;
                self.parsed.add(Node::Action { pipe }, offset)
            }
        };
        self.action = None;
        open.last_mut().map_or(top, |open| &mut open.list).push(node);
        Ok(())
    }

    fn leave(&mut self, token: Token, name: &str, node: Node) -> Result<NodeId, ParseError> {
        let next = self.tokens.next_non_space();
        if next.kind != TokenKind::RightDelimiter {
            return Err(self.unexpected(next, &format!("{{{{{name}}}}}")));
        }
        if self.range_depth == 0 {
            return Err(self.error(&format!("{{{{{name}}}}} outside {{{{range}}}}")));
        }
        self.parsed.leaves_loops = true;
        Ok(self.parsed.add(node, token.start))
    }

    fn control(&mut self, kind: TokenKind, is_chained: bool, open: &mut Vec<Open>) -> Result<(), ParseError> {
        let context = match kind {
            TokenKind::If => Context::If,
            TokenKind::With => Context::With,
            _ => Context::Range,
        };
        let before = self.variables.mark();
        let pipe = self.pipeline(context, TokenKind::RightDelimiter)?;
        let marks = Marks { before, after: self.variables.mark() };
        let kind = match kind {
            TokenKind::If => Kind::If(pipe, marks),
            TokenKind::With => Kind::With(pipe, marks),
            _ => {
                self.range_depth += 1;
                Kind::Range(pipe, marks)
            }
        };
        let offset = self.parsed.offset(pipe) as u32;
        open.push(Open { kind, offset, list: Vec::new(), first: None, is_chained });
        Ok(())
    }

    /// Parses the rest of `{{ else }}`, whose keyword was consumed.
    fn else_branch(&mut self, open: &mut Vec<Open>) -> Result<(), ParseError> {
        let next = self.tokens.peek_non_space().kind;
        let chains = matches!(next, TokenKind::If | TokenKind::With);
        if !chains {
            self.expect(TokenKind::RightDelimiter, "else")?;
        }
        self.action = None;
        let Some(current) = open.last_mut() else { return Err(self.error("unexpected {{else}}")) };
        let (is_range, mark) = match &current.kind {
            Kind::Define(..) => return Err(self.error("unexpected {{else}} in define clause")),
            // Go parses the body of a block as a separate tree, but reports this from the tree around it.
            Kind::Block(.., closing) => return Err(self.error_at(*closing, "unexpected {{else}} in block clause")),
            _ if current.first.is_some() => return Err(self.error("expected end; found {{else}}")),
            Kind::If(_, marks) | Kind::With(_, marks) => (false, marks.after),
            Kind::Range(_, marks) => (true, marks.after),
        };
        self.range_depth -= usize::from(is_range);
        self.variables.pop_stack(mark);
        let list = std::mem::take(&mut current.list);
        let offset = current.offset;
        let matching =
            matches!((&current.kind, next), (Kind::If(..), TokenKind::If) | (Kind::With(..), TokenKind::With));
        let first = self.list(&list, offset);
        if let Some(current) = open.last_mut() {
            current.first = Some(first);
        }
        if chains && matching {
            let kind = self.tokens.next_non_space().kind;
            return self.control(kind, true, open);
        }
        // Otherwise the keyword is left where text is expected, and `parse` reports it.
        Ok(())
    }

    /// Ends the innermost open action.
    fn end(&mut self, open: &mut Vec<Open>, top: &mut Vec<NodeId>) -> Result<(), ParseError> {
        loop {
            let Some(current) = open.pop() else {
                return Err(self.error("unexpected {{end}}"));
            };
            let Open { kind, offset, list, first, is_chained } = current;
            let node = match kind {
                Kind::Define(name, outside) => {
                    let tree = self.tree(name, &list);
                    self.add_tree(tree)?;
                    self.leave_definition(outside);
                    return Ok(());
                }
                Kind::Block(name, outside, call, _) => {
                    let tree = self.tree(name, &list);
                    self.add_tree(tree)?;
                    self.leave_definition(outside);
                    call
                }
                Kind::If(pipe, marks) => self.control_node(Node::If, pipe, marks, first, &list, offset),
                Kind::With(pipe, marks) => self.control_node(Node::With, pipe, marks, first, &list, offset),
                Kind::Range(pipe, marks) => {
                    self.range_depth -= usize::from(first.is_none());
                    self.control_node(Node::Range, pipe, marks, first, &list, offset)
                }
            };
            open.last_mut().map_or(&mut *top, |open| &mut open.list).push(node);
            if !is_chained {
                return Ok(());
            }
        }
    }

    /// Adds the node of a control action at its end. `list` is its last branch, and `first` the one before `{{ else }}`.
    fn control_node(
        &mut self,
        node: fn(Control) -> Node,
        pipe: NodeId,
        marks: Marks,
        first: Option<NodeId>,
        list: &[NodeId],
        offset: u32,
    ) -> NodeId {
        self.variables.pop(marks.before);
        let list = self.list(list, offset);
        let control = match first {
            Some(first) => Control { pipe, list: first, else_list: Some(list) },
            None => Control { pipe, list, else_list: None },
        };
        self.parsed.add(node(control), offset)
    }

    fn define(&mut self, open: &mut Vec<Open>) -> Result<(), ParseError> {
        const CONTEXT: &str = "define clause";
        let token = self.tokens.next_non_space();
        if !matches!(token.kind, TokenKind::String | TokenKind::RawString) {
            return Err(self.unexpected(token, CONTEXT));
        }
        let name = self.unquoted(token)?;
        self.expect(TokenKind::RightDelimiter, CONTEXT)?;
        let kind = Kind::Define(name, self.enter_definition());
        open.push(Open { kind, offset: token.start, list: Vec::new(), first: None, is_chained: false });
        Ok(())
    }

    fn block(&mut self, open: &mut Vec<Open>) -> Result<(), ParseError> {
        let token = self.tokens.next_non_space();
        let name = self.template_name(token, Context::Block)?;
        let pipe = self.pipeline(Context::Block, TokenKind::RightDelimiter)?;
        let closing = self.tokens.latest();
        let call = self.invocation(name.clone(), Some(pipe), token.start);
        let kind = Kind::Block(name, self.enter_definition(), call, closing);
        open.push(Open { kind, offset: token.start, list: Vec::new(), first: None, is_chained: false });
        Ok(())
    }

    fn enter_definition(&mut self) -> Outside {
        self.action = None;
        let variables = std::mem::replace(&mut self.variables, Variables::new());
        Outside { variables, range_depth: std::mem::take(&mut self.range_depth) }
    }

    fn leave_definition(&mut self, outside: Outside) {
        self.variables = outside.variables;
        self.range_depth = outside.range_depth;
    }

    fn template(&mut self) -> Result<NodeId, ParseError> {
        let token = self.tokens.next_non_space();
        let name = self.template_name(token, Context::Template)?;
        let mut pipe = None;
        if self.tokens.next_non_space().kind != TokenKind::RightDelimiter {
            self.tokens.back_up();
            pipe = Some(self.pipeline(Context::Template, TokenKind::RightDelimiter)?);
        }
        Ok(self.invocation(name, pipe, token.start))
    }

    fn invocation(&mut self, name: Text, pipe: Option<NodeId>, offset: u32) -> NodeId {
        self.parsed.names.push(name);
        let name = self.parsed.names.len() as u32 - 1;
        self.parsed.add(Node::Template(Invocation { name, pipe }), offset)
    }

    fn template_name(&self, token: Token, context: Context) -> Result<Text, ParseError> {
        match token.kind {
            TokenKind::String | TokenKind::RawString => self.unquoted(token),
            _ => Err(self.unexpected(token, context.name())),
        }
    }

    fn unquoted(&self, token: Token) -> Result<Text, ParseError> {
        unquote_bytes(self.token_text(token)).map(Text::from).ok_or_else(|| self.error("invalid syntax"))
    }

    fn list(&mut self, nodes: &[NodeId], offset: u32) -> NodeId {
        let children = self.parsed.add_children(nodes);
        self.parsed.add(Node::List(children), offset)
    }

    fn tree(&mut self, name: Text, nodes: &[NodeId]) -> Tree {
        let is_blank = |&id: &NodeId| match self.parsed.node(id) {
            Node::Text { end } => is_white_space(self.parsed.text(id, end)),
            _ => false,
        };
        let is_empty = nodes.iter().all(is_blank);
        Tree { name, root: self.list(nodes, 0), is_empty }
    }

    /// Adds a template. Of two with the same name, at most one may have content, and that one is kept.
    fn add_tree(&mut self, tree: Tree) -> Result<(), ParseError> {
        match self.tree_numbers.get(&tree.name) {
            None => {
                self.tree_numbers.insert(tree.name.clone(), self.parsed.trees.len());
                self.parsed.trees.push(tree);
            }
            Some(&known) if self.parsed.trees[known].is_empty => self.parsed.trees[known] = tree,
            Some(_) if tree.is_empty => {}
            Some(_) => {
                let name = quote_double(&tree.name.lossy());
                return Err(self.error(&format!("template: multiple definition of template {name}")));
            }
        }
        Ok(())
    }

    // Tokens

    fn expect(&mut self, kind: TokenKind, context: &str) -> Result<Token, ParseError> {
        let token = self.tokens.next_non_space();
        if token.kind == kind { Ok(token) } else { Err(self.unexpected(token, context)) }
    }

    fn token_text(&self, token: Token) -> &'t [u8] {
        &self.text[token.start as usize..token.end as usize]
    }

    // Errors

    /// The line where a token begins, from 1.
    fn line(&self, token: Token) -> u32 {
        1 + memchr::memchr_iter(b'\n', &self.text[..token.start as usize]).count() as u32
    }

    fn error(&self, message: &str) -> ParseError {
        self.error_at(self.tokens.latest(), message)
    }

    fn error_at(&self, token: Token, message: &str) -> ParseError {
        ParseError {
            name: self.parsed.name.lossy().into_owned(),
            line: self.line(token),
            message: message.to_owned(),
            at: token.start as usize,
            source: self.parsed.origin.source().cloned(),
            tpl_text: self.parsed.origin.text(),
        }
    }

    fn unexpected(&self, token: Token, context: &str) -> ParseError {
        let Some(error) = self.tokens.error().filter(|_| token.kind == TokenKind::Error) else {
            return self.error(&format!("unexpected {} in {context}", self.shown(token)));
        };
        let message = error.message();
        let mut extra = String::new();
        let action_line = self.action.map(|action| self.line(action));
        if let Some(line) = action_line.filter(|line| *line != self.line(token)) {
            let start = if matches!(error, LexError::UnclosedAction) { "" } else { " in action" };
            extra = format!("{start} started at {}:{line}", self.parsed.name.lossy());
        }
        self.error(&format!("{message}{extra}"))
    }

    /// Formats a token for a message.
    fn shown(&self, token: Token) -> String {
        let text = String::from_utf8_lossy(self.token_text(token));
        match token.kind {
            TokenKind::Eof => "EOF".to_owned(),
            kind if kind.is_keyword() => format!("<{text}>"),
            _ if token.end - token.start > 10 => {
                format!("{}...", quote_double(&text.chars().take(10).collect::<String>()))
            }
            _ => quote_double(&text),
        }
    }
}

/// Whether Go's `bytes.TrimSpace` would remove the whole text.
fn is_white_space(text: &[u8]) -> bool {
    String::from_utf8_lossy(text).chars().all(char::is_whitespace)
}

#[cfg(test)]
mod tests;
