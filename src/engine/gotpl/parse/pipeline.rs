//! Parses pipelines, commands and operands.

use super::Parser;
use super::context::Context;
use crate::engine::gotpl::ast::{Fields, Node, NodeId, Variable};
use crate::engine::gotpl::errors::ParseError;
use crate::engine::gotpl::lex::{Token, TokenKind};
use crate::engine::gotpl::node_text::node_text;
use crate::engine::gotpl::number::Number;
use crate::go::strconv::quote_double;
use crate::go::strconv::{Unit, unquote_bytes, unquote_char};

/// How deeply parentheses may nest, as in Go.
const MAX_PARENS: usize = 10_000;

impl<'t> Parser<'t> {
    /// Parses a pipeline and consumes the token that ends it.
    pub(super) fn pipeline(&mut self, context: Context, end: TokenKind) -> Result<NodeId, ParseError> {
        let offset = self.tokens.peek_non_space().start;
        let (variables, assigns) = self.declarations(context)?;
        let first = self.waiting.len();
        loop {
            let token = self.tokens.next_non_space();
            match token.kind {
                kind if kind == end => break,
                TokenKind::Bool
                | TokenKind::CharConstant
                | TokenKind::Complex
                | TokenKind::Dot
                | TokenKind::Field
                | TokenKind::Identifier
                | TokenKind::Number
                | TokenKind::Nil
                | TokenKind::RawString
                | TokenKind::String
                | TokenKind::Variable
                | TokenKind::LeftParen => {
                    self.tokens.back_up();
                    let command = self.command()?;
                    self.waiting.push(command);
                }
                _ => return Err(self.unexpected(token, context.name())),
            }
        }
        self.check_pipeline(&self.waiting[first..], context)?;
        if !variables.is_empty() && context == Context::Parentheses {
            self.parsed.is_dynamic = true;
        }
        // An assignment refers to the variable that exists at the end of the pipeline; a declared variable exists from here on.
        let from = self.waiting.len();
        for (name, offset) in variables {
            let slot = if assigns { self.variables.slot(name) } else { None };
            let variable = self.parsed.add(Node::Variable(Variable { name, slot }, Fields::default()), offset);
            self.waiting.push(variable);
            if !assigns {
                self.variables.push(name);
            }
        }
        let variables = self.parsed.add_children(&self.waiting[from..]);
        let commands = self.parsed.add_children(&self.waiting[first..from]);
        self.waiting.truncate(first);
        Ok(self.parsed.add(Node::Pipe { variables, commands, assigns }, offset))
    }

    /// Parses the variables that a pipeline declares or assigns. Returns their names and offsets, and whether it assigns.
    fn declarations(&mut self, context: Context) -> Result<(Vec<(u32, u32)>, bool), ParseError> {
        let mut variables = Vec::new();
        loop {
            let token = self.tokens.peek_non_space();
            if token.kind != TokenKind::Variable {
                return Ok((variables, false));
            }
            self.tokens.next();
            // White space distinguishes `$x foo` from `$x.foo`, so it may have to be put back.
            let after = self.tokens.peek();
            let next = self.tokens.peek_non_space();
            match next.kind {
                TokenKind::Assign | TokenKind::Declare => {
                    self.tokens.next_non_space();
                    variables.push((self.declare(token), token.start));
                    return Ok((variables, next.kind == TokenKind::Assign));
                }
                TokenKind::Char if self.token_text(next) == b"," => {
                    self.tokens.next_non_space();
                    variables.push((self.declare(token), token.start));
                    if context == Context::Range && variables.len() < 2 {
                        match self.tokens.peek_non_space().kind {
                            TokenKind::Variable | TokenKind::RightDelimiter | TokenKind::RightParen => continue,
                            _ => return Err(self.error("range can only initialize variables")),
                        }
                    }
                    return Err(self.error(&format!("too many declarations in {}", context.name())));
                }
                _ if after.kind == TokenKind::Space => self.tokens.put_back(&[token, after]),
                _ => self.tokens.put_back(&[token]),
            }
            return Ok((variables, false));
        }
    }

    fn declare(&mut self, token: Token) -> u32 {
        let name = self.variable_number(token);
        self.variables.declare(name);
        name
    }

    fn variable_number(&mut self, token: Token) -> u32 {
        let name = self.token_text(token);
        let names = &mut self.parsed.variable_names;
        *self.variable_numbers.entry(name).or_insert_with(|| {
            names.push(name.into());
            names.len() as u32 - 1
        })
    }

    fn check_pipeline(&self, commands: &[NodeId], context: Context) -> Result<(), ParseError> {
        if commands.is_empty() {
            return Err(self.error(&format!("missing value for {}", context.name())));
        }
        for (index, &command) in commands.iter().enumerate().skip(1) {
            let Node::Command(arguments) = self.parsed.node(command) else { continue };
            let first = self.parsed.children(arguments).first().map(|&first| self.parsed.node(first));
            if let Some(Node::Bool(_) | Node::Dot | Node::Nil | Node::Number(_) | Node::String(_)) = first {
                return Err(self.error(&format!("non executable command in pipeline stage {}", index + 1)));
            }
        }
        Ok(())
    }

    /// Parses an operand and its arguments, and consumes the `|` after them.
    fn command(&mut self) -> Result<NodeId, ParseError> {
        let offset = self.tokens.peek_non_space().start;
        let first = self.waiting.len();
        loop {
            self.tokens.peek_non_space();
            let operand = self.operand()?;
            self.waiting.extend(operand);
            let token = self.tokens.next();
            match token.kind {
                TokenKind::Space => continue,
                TokenKind::RightDelimiter | TokenKind::RightParen => self.tokens.back_up(),
                TokenKind::Pipe => {}
                _ => return Err(self.unexpected(token, "operand")),
            }
            break;
        }
        if self.waiting.len() == first {
            return Err(self.error("empty command"));
        }
        let operands = self.parsed.add_children(&self.waiting[first..]);
        self.waiting.truncate(first);
        Ok(self.parsed.add(Node::Command(operands), offset))
    }

    /// Parses a term and the fields after it; `None` if there is no term here.
    fn operand(&mut self) -> Result<Option<NodeId>, ParseError> {
        let Some(term) = self.term()? else { return Ok(None) };
        let first = self.tokens.peek();
        if first.kind != TokenKind::Field {
            return Ok(Some(term));
        }
        // Fields follow each other directly, without white space.
        let term_node = self.parsed.node(term);
        let mut fields =
            if let Node::Field(fields) = term_node { fields } else { Fields::new(first.start, first.start) };
        while self.tokens.peek().kind == TokenKind::Field {
            fields = fields.up_to(self.tokens.next().end);
        }
        let node = match term_node {
            Node::Field(_) => Node::Field(fields),
            Node::Variable(variable, _) => Node::Variable(variable, fields),
            Node::Bool(_) | Node::String(_) | Node::Number(_) | Node::Nil | Node::Dot => {
                let term = quote_double(&node_text(&self.parsed, term));
                return Err(self.error(&format!("unexpected . after term {term}")));
            }
            _ => return Ok(Some(self.parsed.add(Node::Chain { receiver: term, fields }, first.start))),
        };
        // The term is the node that was added last.
        self.parsed.replace(term, node, first.start);
        Ok(Some(term))
    }

    /// Parses a literal, function, field, variable or parenthesized pipeline; `None` if the next token starts none of them.
    fn term(&mut self) -> Result<Option<NodeId>, ParseError> {
        let token = self.tokens.next_non_space();
        let text = self.token_text(token);
        let node = match token.kind {
            TokenKind::Identifier => match (self.functions.number)(text) {
                Some(function) => Node::Identifier { function },
                None => {
                    let name = quote_double(&String::from_utf8_lossy(text));
                    return Err(self.error(&format!("function {name} not defined")));
                }
            },
            TokenKind::Dot => Node::Dot,
            TokenKind::Nil => Node::Nil,
            TokenKind::Variable => {
                let name = self.variable_number(token);
                if !self.variables.is_known(name) {
                    let name = quote_double(&String::from_utf8_lossy(text));
                    return Err(self.error(&format!("undefined variable {name}")));
                }
                Node::Variable(Variable { name, slot: self.variables.slot(name) }, Fields::default())
            }
            TokenKind::Field => Node::Field(Fields::new(token.start, token.end)),
            TokenKind::Bool => Node::Bool(text == b"true"),
            TokenKind::CharConstant | TokenKind::Complex | TokenKind::Number => {
                let number = number(token.kind, text).map_err(|message| self.error(&message))?;
                self.parsed.numbers.push((token.start..token.end, number));
                Node::Number(self.parsed.numbers.len() as u32 - 1)
            }
            TokenKind::String | TokenKind::RawString => {
                // Only an escape sequence can be invalid.
                if token.kind == TokenKind::String && memchr::memchr(b'\\', text).is_some() {
                    unquote_bytes(text).ok_or_else(|| self.error("invalid syntax"))?;
                }
                self.parsed.add_string(token.start..token.end)
            }
            TokenKind::LeftParen => {
                if self.paren_depth >= MAX_PARENS {
                    return Err(self.error("max expression depth exceeded"));
                }
                self.paren_depth += 1;
                let pipe = self.pipeline(Context::Parentheses, TokenKind::RightParen);
                self.paren_depth -= 1;
                return pipe.map(Some);
            }
            _ => {
                self.tokens.back_up();
                return Ok(None);
            }
        };
        Ok(Some(self.parsed.add(node, token.start)))
    }
}

fn number(kind: TokenKind, text: &[u8]) -> Result<Number, String> {
    let shown = String::from_utf8_lossy(text);
    match kind {
        TokenKind::Complex => Number::parse_complex(&shown),
        TokenKind::CharConstant => {
            let (unit, length) = unquote_char(&text[1..], b'\'').ok_or("invalid syntax")?;
            if &text[1 + length..] != b"'" {
                return Err(format!("malformed character constant: {shown}"));
            }
            Ok(Number::of_char(match unit {
                Unit::Byte(byte) => byte.into(),
                Unit::Char(c) => c.into(),
            }))
        }
        _ => Number::parse(&shown),
    }
}
