//! The tokens of a text, the latest of which can be put back.

use crate::engine::gotpl::lex::{LexError, Lexer, Token, TokenKind};

/// The tokens of a text. As in Go's parser, up to three can be read again.
pub(super) struct Tokens<'t> {
    lexer: Lexer<'t>,
    /// The token that the lexer returned last, then the tokens in front of it that were put back, the nearest first.
    tokens: [Token; 3],
    /// How many of `tokens` are read again, from the back.
    peeked: usize,
}

impl<'t> Tokens<'t> {
    /// The tokens of a text.
    pub(super) fn new(text: &'t [u8]) -> Tokens<'t> {
        let none = Token { kind: TokenKind::Eof, start: 0, end: 0 };
        Tokens { lexer: Lexer::new(text), tokens: [none; 3], peeked: 0 }
    }

    /// Reads a token.
    #[inline]
    pub(super) fn next(&mut self) -> Token {
        match self.peeked.checked_sub(1) {
            Some(left) => self.peeked = left,
            None => self.tokens[0] = self.lexer.next_token(),
        }
        self.tokens[self.peeked]
    }

    /// Reads a token that is not white space.
    #[inline]
    pub(super) fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    /// Returns the token that is read next.
    #[inline]
    pub(super) fn peek(&mut self) -> Token {
        let token = self.next();
        self.back_up();
        token
    }

    /// Skips white space, and returns the token that is read next.
    #[inline]
    pub(super) fn peek_non_space(&mut self) -> Token {
        let token = self.next_non_space();
        self.back_up();
        token
    }

    /// Puts the token back that was read last.
    #[inline]
    pub(super) fn back_up(&mut self) {
        self.peeked += 1;
    }

    /// Puts back the token that the lexer returned last and, in front of it, the tokens `before`.
    #[inline]
    pub(super) fn put_back(&mut self, before: &[Token]) {
        for (place, token) in self.tokens[1..].iter_mut().zip(before.iter().rev()) {
            *place = *token;
        }
        self.peeked = 1 + before.len();
    }

    /// The token that the lexer returned last, which Go's messages refer to.
    pub(super) fn latest(&self) -> Token {
        self.tokens[0]
    }

    /// The reason of the lexer for a [`TokenKind::Error`].
    pub(super) fn error(&self) -> Option<&LexError> {
        self.lexer.error()
    }
}
