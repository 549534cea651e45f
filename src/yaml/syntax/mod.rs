//! Parses the syntax of YAML 1.1 as go-yaml v2 does: text -> tokens -> events -> a tree of nodes whose scalars are still text.
//!
//! The grammar and its messages follow libyaml, from which go-yaml v2 is derived, with go-yaml's extensions: tabs between
//! tokens, comments directly after a quote, flow collections at any column, and anything after the first document.

mod cursor;
mod document;
mod parser;
mod scalar;
mod scanner;
mod single;
mod tag;
mod token;

use std::borrow::Cow;

pub use cursor::Mark;
pub use document::{Content, Document, NodeId, Syntax, forbidden_character};
pub use single::{Single, scalar_at};
pub use token::Style;

/// A syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// libyaml's message.
    pub problem: Cow<'static, str>,
    /// Where it was detected.
    pub at: Mark,
    /// Whether go-yaml's message includes the line.
    pub numbered: bool,
    /// Whether the scanner detected it, rather than the parser: go-yaml counts the lines of the two differently.
    pub scanned: bool,
    /// The construct being read, in libyaml's text, and where it began.
    pub context: Option<(&'static str, Mark)>,
}

impl Fault {
    fn at(at: Mark, problem: &'static str) -> Box<Self> {
        Box::new(Fault { problem: problem.into(), at, numbered: true, scanned: true, context: None })
    }

    fn within(context: &'static str, start: Mark, at: Mark, problem: &'static str) -> Box<Self> {
        Box::new(Fault { problem: problem.into(), at, numbered: true, scanned: true, context: Some((context, start)) })
    }

    fn unnumbered(offset: usize, problem: impl Into<Cow<'static, str>>) -> Box<Self> {
        let at = Mark { offset, ..Mark::default() };
        Box::new(Fault { problem: problem.into(), at, numbered: false, scanned: false, context: None })
    }

    /// Marks the error as detected by the parser.
    fn of_parser(mut self: Box<Self>) -> Box<Self> {
        self.scanned = false;
        self
    }

    /// Returns go-yaml's message. It counts lines from 0 for errors of the parser and from 1 for those of the scanner. For
    /// an error on the first line it uses the line where the construct began, and omits the line if that is 0.
    pub fn go_message(&self) -> String {
        let began = self.context.map_or(0, |(_, mark)| mark.line);
        let line = match self.at.line {
            0 => began,
            line => line + usize::from(self.scanned),
        };
        match line {
            line if self.numbered && line > 0 => format!("yaml: line {line}: {}", self.problem),
            _ => format!("yaml: {}", self.problem),
        }
    }
}

/// The result of a parsing step. Errors are rare, so they are boxed.
type Scan<T> = Result<T, Box<Fault>>;
