//! Splits expressions into tokens (the CEL specification, "Syntax").

use super::error::SyntaxError;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Identifier(String),
    Int(i64),
    /// The integer 2^63, which is only valid after a `-`.
    Least,
    Uint(u64),
    Double(f64),
    String(String),
    Bytes(Vec<u8>),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// The maximum length of an expression, in bytes.
const MAX_LENGTH: usize = 100_000;

/// The operators and brackets, except `!`. A sign comes before its own prefixes.
const SIGNS: [&str; 26] = [
    "&&", "||", "==", "!=", "<=", ">=", "[?", "{?", ".?", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "<", ">",
    "+", "-", "*", "/", "%",
];

/// Splits an expression into tokens with their byte offsets. The last token is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, SyntaxError> {
    if text.len() > MAX_LENGTH {
        return Err(SyntaxError { at: 0, message: format!("the expression has more than {MAX_LENGTH} bytes") });
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::new();
    loop {
        lexer.skip_blanks();
        let at = lexer.at;
        let token = lexer.token()?;
        let is_end = token == Token::End;
        found.push((token, at));
        if is_end {
            return Ok(found);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blanks = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
            self.at += rest.len() - blanks.len();
            if !blanks.starts_with("//") {
                return;
            }
            self.at += blanks.find('\n').unwrap_or(blanks.len());
        }
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, SyntaxError> {
        Err(SyntaxError { at: self.at, message: message.into() })
    }

    fn token(&mut self) -> Result<Token, SyntaxError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        if let Some(token) = self.text_literal()? {
            return Ok(token);
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            self.at += end;
            return Ok(Token::Identifier(rest[..end].to_owned()));
        }
        if first.is_ascii_digit() || first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return self.number();
        }
        if first == '!' && !rest.starts_with("!=") {
            self.at += 1;
            return Ok(Token::Sign("!"));
        }
        match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => {
                self.at += sign.len();
                Ok(Token::Sign(sign))
            }
            None => self.error(format!("token recognition error at: {first:?}")),
        }
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let rest = self.rest();
        if let Some(digits) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
            let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
            let value = u64::from_str_radix(&digits[..end], 16);
            self.at += 2 + end;
            return self.whole(value.ok());
        }
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let mut end = digits(rest);
        let mut is_whole = true;
        if rest[end..].starts_with('.') && rest[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
            end += 1 + digits(&rest[end + 1..]);
            is_whole = false;
        }
        if let Some(exponent) = rest[end..].strip_prefix(['e', 'E']) {
            let number = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits(number) > 0 {
                end = rest.len() - number.len() + digits(number);
                is_whole = false;
            }
        }
        self.at += end;
        if is_whole {
            return self.whole(rest[..end].parse().ok());
        }
        match rest[..end].parse() {
            Ok(number) => Ok(Token::Double(number)),
            Err(_) => self.error("invalid double literal"),
        }
    }

    fn whole(&mut self, value: Option<u64>) -> Result<Token, SyntaxError> {
        let is_unsigned = self.rest().starts_with(['u', 'U']);
        let Some(value) = value else { return self.error("invalid int literal") };
        if is_unsigned {
            self.at += 1;
            return Ok(Token::Uint(value));
        }
        match i64::try_from(value) {
            Ok(value) => Ok(Token::Int(value)),
            Err(_) if value == 1 << 63 => Ok(Token::Least),
            Err(_) => self.error("invalid int literal"),
        }
    }

    /// Reads a string or bytes literal with its prefix letters. Returns `None` if the text here is not such a literal.
    fn text_literal(&mut self) -> Result<Option<Token>, SyntaxError> {
        let rest = self.rest();
        let Some(end) = rest.bytes().take(3).position(|byte| matches!(byte, b'"' | b'\'')) else { return Ok(None) };
        let letters = &rest[..end];
        if !matches!(letters.to_ascii_lowercase().as_str(), "" | "r" | "b" | "br" | "rb") {
            return Ok(None);
        }
        let is_raw = letters.contains(['r', 'R']);
        let is_bytes = letters.contains(['b', 'B']);
        self.at += letters.len();
        let rest = self.rest();
        let one = &rest[..1];
        let three = one.repeat(3);
        let quote = if rest.starts_with(&three) { three.as_str() } else { one };
        self.at += quote.len();
        let mut out = Vec::new();
        loop {
            let rest = self.rest();
            if rest.starts_with(quote) {
                self.at += quote.len();
                break;
            }
            let Some(c) = rest.chars().next() else { return self.error("unterminated string") };
            if quote.len() == 1 && matches!(c, '\n' | '\r') {
                return self.error("unterminated string");
            }
            self.at += c.len_utf8();
            if c == '\\' && !is_raw {
                self.escape(is_bytes, &mut out)?;
            } else {
                out.extend(c.encode_utf8(&mut [0; 4]).bytes());
                // In a raw string, a quote after a backslash does not end the string.
                if let Some(next) = self.rest().chars().next().filter(|_| c == '\\') {
                    self.at += next.len_utf8();
                    out.extend(next.encode_utf8(&mut [0; 4]).bytes());
                }
            }
        }
        if is_bytes {
            return Ok(Some(Token::Bytes(out)));
        }
        match String::from_utf8(out) {
            Ok(text) => Ok(Some(Token::String(text))),
            Err(_) => self.error("a string is not UTF-8"),
        }
    }

    fn escape(&mut self, is_bytes: bool, out: &mut Vec<u8>) -> Result<(), SyntaxError> {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return self.error("unterminated string") };
        let plain = match c {
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            '\\' | '?' | '"' | '\'' | '`' => Some(c),
            _ => None,
        };
        if let Some(plain) = plain {
            self.at += 1;
            out.extend(plain.encode_utf8(&mut [0; 4]).bytes());
            return Ok(());
        }
        let (start, length, radix) = match c {
            'x' | 'X' => (1, 2, 16),
            'u' if !is_bytes => (1, 4, 16),
            'U' if !is_bytes => (1, 8, 16),
            '0'..='3' => (0, 3, 8),
            _ => return self.error(format!("unknown escape {:?}", format!("\\{c}"))),
        };
        let digits = rest.get(start..start + length).filter(|text| text.chars().all(|c| c.is_digit(radix)));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok());
        let Some(code) = code else { return self.error("an escape has too few digits") };
        self.at += start + length;
        match (is_bytes, char::from_u32(code)) {
            (true, _) => out.push((code & 0xff) as u8),
            (false, Some(c)) => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            (false, None) => return self.error("an escape is not a character"),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Token> {
        tokens(text).unwrap().into_iter().map(|(token, _)| token).collect()
    }

    #[test]
    fn texts_and_numbers() {
        let text = |text: &str| Token::String(text.to_owned());
        assert_eq!(
            read(r#""a\n\x41\u00e9" r'\d"' '''it's''' 'B\101'"#)[..4],
            [text("a\nAé"), text("\\d\""), text("it's"), text("BA")]
        );
        assert_eq!(read("b'a\\377'")[0], Token::Bytes(vec![b'a', 255]));
        assert_eq!(
            read("1 0x10 7u 1.5 1e3 .5 9223372036854775808")[..7],
            [
                Token::Int(1),
                Token::Int(16),
                Token::Uint(7),
                Token::Double(1.5),
                Token::Double(1000.0),
                Token::Double(0.5),
                Token::Least,
            ]
        );
        assert_eq!(
            read("a.?b // c\n!x")[..5],
            [
                Token::Identifier("a".to_owned()),
                Token::Sign(".?"),
                Token::Identifier("b".to_owned()),
                Token::Sign("!"),
                Token::Identifier("x".to_owned()),
            ]
        );
    }

    #[test]
    fn broken_tokens_have_a_place() {
        for (text, at) in [("'a", 2), ("'\\q'", 2), ("a # b", 2), ("'\\u00'", 2), ("99999999999999999999", 20)] {
            assert_eq!(tokens(text).unwrap_err().at, at, "{text}");
        }
    }
}
