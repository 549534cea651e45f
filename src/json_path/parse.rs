//! Parses the text of a template into steps.

use std::ops::Range;

use super::item::Item;
use super::step::{Filter, Slice, Step};
use crate::go::strconv::is_printable;
use crate::go::strconv::unquote;

/// A syntax error: Kubernetes' message, and the place.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) at: Range<usize>,
}

/// Parses a template, which consists of text and of steps in braces.
pub(super) fn parse(text: &str) -> Result<Vec<Step>, Mistake> {
    let mut parser = Parser { text, start: 0, at: 0 };
    let mut blocks = Vec::new();
    while !parser.rest().is_empty() {
        let length = parser.rest().find('{').unwrap_or(parser.rest().len());
        if length > 0 {
            parser.at += length;
            blocks.push(Step::Text(parser.take().to_owned()));
        } else {
            parser.skip(1);
            blocks.push(Step::Chain(parser.steps()?));
        }
    }
    Ok(blocks)
}

/// Parses the steps between two braces.
fn parse_steps(text: &str) -> Result<Vec<Step>, String> {
    let blocks = parse(&format!("{{{text}}}")).map_err(|error| error.message)?;
    match blocks.into_iter().next() {
        Some(Step::Chain(steps)) => Ok(steps),
        _ => Ok(Vec::new()),
    }
}

struct Parser<'a> {
    text: &'a str,
    /// The start of the current part.
    start: usize,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Returns the part read so far; the next one begins after it.
    fn take(&mut self) -> &'a str {
        let part = &self.text[self.start..self.at];
        self.start = self.at;
        part
    }

    /// Skips `length` bytes and begins the next part after them.
    fn skip(&mut self, length: usize) {
        self.at += length;
        self.start = self.at;
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, Mistake> {
        Err(Mistake { message: message.into(), at: self.start..self.at })
    }

    /// Whether the byte just read has a backslash in front of it.
    fn is_escaped(&self) -> bool {
        self.at.checked_sub(2).is_some_and(|before| self.text.as_bytes()[before] == b'\\')
    }

    /// Parses the steps up to and including the closing brace.
    fn steps(&mut self) -> Result<Vec<Step>, Mistake> {
        let mut steps = Vec::new();
        loop {
            let rest = self.rest();
            if rest.starts_with('}') {
                self.skip(1);
                return Ok(steps);
            } else if rest.starts_with("[?(") {
                self.skip(3);
                steps.push(self.filter()?);
                continue;
            } else if rest.starts_with("..") {
                if matches!(steps.last(), Some(Step::Recursive)) {
                    self.at += 2;
                    return self.error("invalid multiple recursive descent");
                }
                self.skip(2);
                steps.push(Step::Recursive);
                if self.peek().is_some_and(is_alphanumeric) {
                    steps.push(self.field());
                }
                continue;
            }
            match self.next() {
                None | Some('\n' | '\r') => return self.error("unclosed action"),
                Some(' ' | '@' | '$') => self.skip(0),
                Some('[') => self.bracket(&mut steps)?,
                Some(quote @ ('"' | '\'')) => steps.push(self.quoted(quote)?),
                Some('.') => steps.push(self.field()),
                Some(c) if matches!(c, '+' | '-') || c.is_numeric() => steps.push(self.number()?),
                Some(c) if is_alphanumeric(c) => steps.push(self.word()),
                Some(c) => return self.error(format!("unrecognized character in action: {}", with_code(c))),
            }
        }
    }

    /// Parses `.name` after its dot; a backslash escapes the next character.
    fn field(&mut self) -> Step {
        self.skip(0);
        while let Some(c) = self.peek().filter(|&c| !is_terminator(c)) {
            self.next();
            if c == '\\' {
                self.next();
            }
        }
        match self.take() {
            "*" => Step::Wildcard,
            name => Step::Field(name.replace('\\', "")),
        }
    }

    fn word(&mut self) -> Step {
        while self.peek().is_some_and(|c| !is_terminator(c)) {
            self.next();
        }
        match self.take() {
            "true" => Step::Literal(Item::Bool(true)),
            "false" => Step::Literal(Item::Bool(false)),
            word => Step::Word(word.to_owned()),
        }
    }

    fn number(&mut self) -> Result<Step, Mistake> {
        while self.peek().is_some_and(|c| c == '.' || c.is_numeric()) {
            self.next();
        }
        let text = &self.text[self.start..self.at];
        let literal = if let Ok(number) = text.parse::<i64>() {
            Item::Int(number)
        } else if let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite()) {
            Item::Float(number)
        } else {
            return self.error(format!("cannot parse number {text}"));
        };
        self.take();
        Ok(Step::Literal(literal))
    }

    fn quoted(&mut self, quote: char) -> Result<Step, Mistake> {
        loop {
            match self.next() {
                None | Some('\n') => return self.error("unterminated quoted string"),
                Some(c) if c == quote && !self.is_escaped() => break,
                Some(_) => {}
            }
        }
        let text = &self.text[self.start..self.at];
        match unquote(text) {
            Some(unquoted) => {
                self.take();
                Ok(Step::Text(unquoted))
            }
            None => self.error(format!("unquote string {text} error invalid syntax")),
        }
    }

    /// Parses `[...]` after its opening bracket: a union, a quoted key or a slice.
    fn bracket(&mut self, steps: &mut Vec<Step>) -> Result<(), Mistake> {
        loop {
            match self.next() {
                None | Some('\n') => return self.error("unterminated array"),
                Some(']') => break,
                Some(_) => {}
            }
        }
        let inside = match &self.text[self.start + 1..self.at - 1] {
            "*" => ":",
            inside => inside,
        };
        let whole = |message: String| Mistake { message, at: self.start..self.at };
        if inside.contains(',') {
            let member = |text: &str| parse_steps(&format!("[{}]", text.trim_matches(' ')));
            let members: Result<_, String> = inside.split(',').map(member).collect();
            steps.push(Step::Union(members.map_err(whole)?));
        } else if let Some(key) = key_in_quotes(inside) {
            steps.extend(parse_steps(&format!(".{key}")).map_err(whole)?);
        } else {
            steps.push(Step::Slice(slice(inside).map_err(whole)?));
        }
        self.take();
        Ok(())
    }

    /// Parses `[?(...)]` after its opening. Inside the first pair of quotes a parenthesis does not end it.
    fn filter(&mut self) -> Result<Step, Mistake> {
        let mut quote = None;
        let mut closed = false;
        loop {
            match self.next() {
                None | Some('\n') => return self.error("unterminated filter"),
                Some(c @ ('"' | '\'')) => match quote {
                    None => quote = Some(c),
                    Some(quote) => closed |= c == quote && !self.is_escaped(),
                },
                Some(')') if quote.is_some() == closed => break,
                Some(_) => {}
            }
        }
        if self.next() != Some(']') {
            return self.error("unclosed array expect ]");
        }
        let text = &self.text[self.start..self.at - 2];
        let filter = filter(text).map_err(|message| Mistake { message, at: self.start..self.at });
        self.take();
        filter.map(Step::Filter)
    }
}

/// Parses `left operator right`, or only the part that must exist.
fn filter(text: &str) -> Result<Filter, String> {
    const OPERATOR: [char; 4] = ['!', '<', '>', '='];
    let split = || {
        let left = text.find(OPERATOR).filter(|&left| left > 0)?;
        let rest_of_text = &text[left..];
        let mut operator = rest_of_text.find(|c| !OPERATOR.contains(&c)).unwrap_or(rest_of_text.len());
        if operator == rest_of_text.len() {
            // The right side cannot be empty: without one it gets the last character of the operator.
            operator -= 1;
        }
        (operator > 0).then(|| (&text[..left], &rest_of_text[..operator], &rest_of_text[operator..]))
    };
    match split() {
        None => Ok(Filter { left: parse_steps(text)?, comparison: None }),
        Some((left, operator, right)) => {
            let left = parse_steps(left)?;
            Ok(Filter { left, comparison: Some((operator.to_owned(), parse_steps(right)?)) })
        }
    }
}

fn key_in_quotes(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.strip_suffix('\'').filter(|key| !key.contains('\''))
}

/// Parses `from:to:step`, each of them optional.
fn slice(text: &str) -> Result<Slice, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_number = |part: &&str| part.strip_prefix('-').unwrap_or(part).bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() > 3 || !parts.iter().all(is_number) {
        return Err(format!("invalid array index {text}"));
    }
    let number = |index: usize| match parts.get(index) {
        None | Some(&"") => Ok(None),
        Some(part) => part.parse().map(Some).map_err(|_| format!("array index {part} is not a number")),
    };
    Ok(Slice { from: number(0)?, to: number(1)?, step: number(2)?, single: parts.len() == 1 })
}

/// Formats a character as Go's `%#U` does.
fn with_code(c: char) -> String {
    let code = format!("U+{:04X}", u32::from(c));
    if is_printable(c) { format!("{code} '{c}'") } else { code }
}

/// Whether a word or a name can start with this character, as in Go.
fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Whether this character ends a name.
fn is_terminator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}
