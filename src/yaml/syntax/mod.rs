//! The syntax of YAML 1.1 as go-yaml v2 takes it: text -> tokens -> events -> a tree of nodes whose scalars are still text.
//!
//! The grammar and its messages follow libyaml's, which go-yaml v2 descends from, with go-yaml's own liberties: tabs
//! between tokens, comments right after a quote, flow collections at any column, no limit on what follows the first document.

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

/// A breach of the syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, as libyaml says it.
    pub problem: Cow<'static, str>,
    /// Where it was noticed.
    pub at: Mark,
    /// Whether go-yaml names the line in its message.
    pub numbered: bool,
    /// Whether the scanner noticed it, not the parser: go-yaml counts the lines of the two differently.
    pub scanned: bool,
    /// What was being read, and where that began.
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

    /// The same, noticed by the parser.
    fn of_parser(mut self: Box<Self>) -> Box<Self> {
        self.scanned = false;
        self
    }

    /// What go-yaml says: it counts from 0 what the parser notices and from 1 what the scanner does, and names no line where
    /// it counted none.
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

/// What the steps of reading give: faults are rare and kept out of the way.
type Scan<T> = Result<T, Box<Fault>>;
