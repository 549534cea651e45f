//! A cursor over the tokens of an expression.

use super::error::SyntaxError;
use super::lex::{Token, tokens};

/// The tokens, and the parser's position in them.
pub(super) struct Cursor {
    tokens: Vec<(Token, usize)>,
    next: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Result<Cursor, SyntaxError> {
        Ok(Cursor { tokens: tokens(text)?, next: 0 })
    }

    pub(super) fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)].0
    }

    pub(super) fn at(&self) -> usize {
        self.tokens[self.next.min(self.tokens.len() - 1)].1
    }

    pub(super) fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    pub(super) fn takes(&mut self, sign: &str) -> bool {
        let is_there = matches!(self.peek(), Token::Sign(found) if *found == sign);
        self.next += usize::from(is_there);
        is_there
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<(), SyntaxError> {
        if self.takes(sign) { Ok(()) } else { self.unexpected() }
    }

    pub(super) fn unexpected<T>(&self) -> Result<T, SyntaxError> {
        let shown = match self.peek() {
            Token::End => "mismatched input '<EOF>'".to_owned(),
            Token::Sign(sign) => format!("mismatched input '{sign}'"),
            Token::Identifier(name) => format!("mismatched input '{name}'"),
            _ => "mismatched input".to_owned(),
        };
        self.error(self.at(), format!("Syntax error: {shown}"))
    }

    pub(super) fn error<T>(&self, at: usize, message: impl Into<String>) -> Result<T, SyntaxError> {
        Err(SyntaxError { at, message: message.into() })
    }

    /// Consumes a name and the comma after it: a variable of a macro. Consumes nothing if they are not next.
    pub(super) fn takes_variable(&mut self) -> Option<String> {
        let Token::Identifier(name) = self.peek() else { return None };
        let name = name.clone();
        if !matches!(self.tokens.get(self.next + 1), Some((Token::Sign(","), _))) {
            return None;
        }
        self.next += 2;
        Some(name)
    }

    /// Un-reads the last token.
    pub(super) fn step_back(&mut self) {
        self.next = self.next.saturating_sub(1);
    }

    /// Returns the position, for [`Cursor::return_to`].
    pub(super) fn place(&self) -> usize {
        self.next
    }

    pub(super) fn return_to(&mut self, place: usize) {
        self.next = place;
    }
}
