//! Measures the values in an expression before an operator copies, compares or iterates over them.
//!
//! Tera's operators have no limits and no hooks: `s ~ s`, `[...a, ...a]`, `a == b`, `x in a`, `s[0]` work on values of
//! any size. A filter binds more tightly than any of them, so one that returns its value unchanged can be added after
//! every operand. The operand is charged before the operator runs: the result of an operator is never larger than its
//! operands together, and no expression has more than 256 of them (Tera's own limit).
//!
//! A counting allocator was the alternative. But it counts the allocations of all threads, stops nothing between two
//! checks, does not know the place in a template, and its limit depends on the platform. These charges are the same
//! everywhere.

mod operand;

use std::ops::Range;

use self::operand::{Around, Operand, Shape, Stage, Tag, Use};
use super::additions::{COMPREHENSION, COPY, FILTER, INDEX, Insertion, LITERAL, LOOP, PRINT, READ, SPREAD, UNREADABLE};
use super::tokens::{Kind, Token, tokens};

/// How many bytes an indexed variable may have: it is repeated after each index.
const MAX_INDEXED: usize = 128;

/// How many operators and indexes an expression can have in Tera.
const MAX_OPERATORS: usize = 256;

/// Tera's variable that contains all variables.
const ALL_VARIABLES: &str = "__tera_context";

/// Whether a name belongs to one of Helm's functions.
pub(super) type IsFunction = fn(&str) -> bool;

/// Tera's own filters whose result is a part of their input, or a number.
const SMALL_FILTERS: &[&str] = &["abs", "default", "first", "float", "get", "int", "last", "nth", "round"];

/// Adds measurements of the values in a tag: `{{ … }}` or `{% … %}`.
pub(super) fn measure(
    text: &str,
    tag: Range<usize>,
    is_print: bool,
    is_function: IsFunction,
    insertions: &mut Vec<Insertion>,
) {
    let known = insertions.len();
    let found = Walk::new(text, tag.clone(), is_print, is_function, insertions).and_then(Walk::run);
    if found.is_none() {
        // Tera should reject such a tag, too. If it does not, the template still does not run.
        insertions.truncate(known);
        let text = format!("{{{{ {UNREADABLE}() }}}}");
        insertions.push(Insertion { at: tag.start, text, stands_for: tag, copied: None });
    }
}

struct Walk<'t, 'i> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    at: usize,
    tag: Tag,
    tag_start: usize,
    is_function: IsFunction,
    around: Vec<Around>,
    operand: Option<Operand>,
    /// What the operator before the next operand does to it.
    before: Use,
    indexes: usize,
    /// Whether the tag has contained only one operand so far.
    is_single: bool,
    insertions: &'i mut Vec<Insertion>,
}

impl<'t, 'i> Walk<'t, 'i> {
    fn new(
        text: &'t str,
        tag: Range<usize>,
        is_print: bool,
        is_function: IsFunction,
        insertions: &'i mut Vec<Insertion>,
    ) -> Option<Walk<'t, 'i>> {
        let whole = text.get(tag.clone())?;
        let close = if is_print { "}}" } else { "%}" };
        let inner = whole.get(2..)?.strip_suffix(close)?;
        let without_dash = inner.strip_prefix('-').unwrap_or(inner);
        let start = tag.start + 2 + inner.len() - without_dash.len();
        let inner = without_dash.strip_suffix('-').unwrap_or(without_dash);
        let tokens = tokens(text, start..start + inner.len())?;
        let kind = if is_print { Tag::Print } else { Tag::Other };
        Some(Walk {
            text,
            tokens,
            at: 0,
            tag: kind,
            tag_start: tag.start,
            is_function,
            around: Vec::new(),
            operand: None,
            before: Use::Nothing,
            indexes: 0,
            is_single: true,
            insertions,
        })
    }

    fn peek(&self, ahead: usize) -> &'t str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text)
    }

    fn peek_is_word(&self) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.kind == Kind::Word)
    }

    fn insert(&mut self, at: usize, text: String, stands_for: Range<usize>) {
        self.insertions.push(Insertion { at, text, stands_for, copied: None });
    }

    /// Processes the tag; `None` if it is not understood.
    fn run(mut self) -> Option<()> {
        if self.tag != Tag::Print && !self.begin_statement()? {
            return Some(());
        }
        while let Some(&token) = self.tokens.get(self.at) {
            self.at += 1;
            if let Some(Around::Component { .. }) = self.around.last() {
                self.in_component(token)?;
            } else if self.operand.is_some() {
                self.continue_operand(token)?;
            } else {
                self.before_operand(token)?;
            }
        }
        self.end_operand(Use::Nothing, true);
        self.around.is_empty().then_some(())
    }

    /// Skips the keyword and names of the statement; returns false if no expression follows.
    fn begin_statement(&mut self) -> Option<bool> {
        let first = *self.tokens.first()?;
        self.at = 1;
        match first.text {
            "if" | "elif" => Some(true),
            "for" => {
                self.tag = Tag::Loop;
                let names = self.tokens.iter().position(|token| token.text == "in")?;
                self.at = names + 1;
                Some(true)
            }
            "set" | "set_global" => {
                let name = *self.tokens.get(1)?;
                self.at = 2;
                match self.peek(0) {
                    "=" => self.at = 3,
                    // A block that is captured, with filters.
                    "|" => self.operand = Some(captured(name.end())),
                    _ => return Some(false),
                }
                Some(true)
            }
            "filter" => {
                let name = *self.tokens.get(1)?;
                if self.is_large_filter(name.text) {
                    self.insert(name.start, format!("{FILTER} | "), name.start..name.end());
                }
                self.at = 2;
                let subject = captured(name.end());
                self.open_arguments(subject, name.text);
                Some(true)
            }
            "<" => {
                self.around.push(Around::Component { start: first.start, before: Use::Nothing });
                Some(true)
            }
            _ => Some(false),
        }
    }

    /// Opens the arguments of a function, filter or test, if it has any.
    fn open_arguments(&mut self, subject: Operand, name: &str) {
        if self.peek(0) == "(" {
            self.at += 1;
            self.around.push(Around::Arguments { subject, measures: (self.is_function)(name) });
        } else {
            self.operand = Some(subject);
        }
    }

    fn before_operand(&mut self, token: Token<'t>) -> Option<()> {
        let constant = Operand { start: token.start, end: token.end(), shape: Shape::Constant, before: Use::Nothing };
        match (token.kind, token.text) {
            (Kind::Text | Kind::Number, _)
            | (Kind::Word, "true" | "false" | "True" | "False" | "none" | "None" | "null") => {
                self.before = Use::Nothing;
                self.operand = Some(constant);
            }
            (Kind::Word, "not") => self.before = Use::Nothing,
            // Must not be measured: Tera accepts no `-` after `~`, but would accept one with a filter.
            (Kind::Sign, "-") => self.before = Use::Negates,
            (Kind::Word, _) => {
                let before = self.take_before();
                let shape = if self.peek(0) == "(" { Shape::Other } else { Shape::Variable };
                let subject = Operand { start: token.start, end: token.end(), shape, before };
                self.open_arguments(subject, token.text);
            }
            (Kind::Sign, "<") => {
                let before = self.take_before();
                self.around.push(Around::Component { start: token.start, before });
            }
            (Kind::Sign, "(") => {
                let before = self.take_before();
                self.around.push(Around::Group { start: token.start, before });
            }
            (Kind::Sign, "[") => {
                let before = self.take_before();
                self.around.push(Around::List { start: token.start, before, stage: Stage::Items });
            }
            (Kind::Sign, "{") => {
                let before = self.take_before();
                self.around.push(Around::Map { start: token.start, before });
            }
            (Kind::Sign, "...") => self.before = Use::Spreads,
            (Kind::Sign, ":") if matches!(self.around.last(), Some(Around::Index { .. })) => {
                self.end_index(token.start)?;
            }
            (Kind::Sign, "]" | "}" | ")") => self.close(token)?,
            _ => return None,
        }
        Some(())
    }

    fn continue_operand(&mut self, token: Token<'t>) -> Option<()> {
        match token.text {
            "." | "?." => {
                let name = *self.tokens.get(self.at)?;
                self.at += 1;
                self.operand.as_mut()?.end = name.end();
            }
            "[" | "?[" => self.open_index(token)?,
            "|" => {
                let name = *self.tokens.get(self.at)?;
                self.at += 1;
                let mut operand = self.operand.take()?;
                if self.is_large_filter(name.text) {
                    self.insert(token.start, format!("| {FILTER} "), operand.start..operand.end);
                }
                operand.shape = Shape::Other;
                operand.end = name.end();
                self.open_arguments(operand, name.text);
            }
            "is" => {
                if self.peek(0) == "not" {
                    self.at += 1;
                }
                let name = *self.tokens.get(self.at)?;
                self.at += 1;
                let mut operand = self.operand.take()?;
                if matches!(name.text, "containing" | "starting_with" | "ending_with") {
                    self.insert(token.start, format!("| {READ} "), operand.start..operand.end);
                }
                operand.shape = Shape::Constant;
                operand.end = name.end();
                self.open_arguments(operand, name.text);
            }
            "=" if matches!(self.around.last(), Some(Around::Arguments { .. })) => self.operand = None,
            "for" => {
                let Some(Around::List { stage, .. }) = self.around.last_mut() else { return None };
                *stage = Stage::Names;
                self.end_operand(Use::Nothing, false);
                // The names up to `in`.
                while self.peek(0) != "in" {
                    if !self.peek_is_word() && self.peek(0) != "," {
                        return None;
                    }
                    self.at += 1;
                }
                self.at += 1;
                let Some(Around::List { stage, .. }) = self.around.last_mut() else { return None };
                *stage = Stage::Target;
            }
            "if" => {
                self.end_operand(Use::Nothing, false);
                if let Some(Around::List { stage, .. }) = self.around.last_mut()
                    && *stage == Stage::Target
                {
                    *stage = Stage::Condition;
                }
            }
            "~" => self.operator(Use::Copies),
            "==" | "!=" | "<" | ">" | "<=" | ">=" | "in" => self.operator(Use::Reads),
            "not" if self.peek(0) == "in" => {
                self.at += 1;
                self.operator(Use::Reads);
            }
            "+" | "-" | "*" | "/" | "//" | "%" | "**" => self.operator(Use::Counts),
            "and" | "or" | "else" | "," => self.operator(Use::Nothing),
            ":" => {
                self.end_operand(Use::Nothing, false);
                if matches!(self.around.last(), Some(Around::Index { .. })) {
                    self.end_index(token.start)?;
                }
            }
            "]" | "}" | ")" => {
                self.end_operand(Use::Nothing, false);
                self.close(token)?;
            }
            _ => return None,
        }
        Some(())
    }

    fn operator(&mut self, does: Use) {
        self.end_operand(does, false);
        self.before = does;
    }

    /// Processes a token in a component's tag, outside the braces of its arguments.
    fn in_component(&mut self, token: Token<'t>) -> Option<()> {
        match (token.kind, token.text) {
            (Kind::Word, ALL_VARIABLES) => return None,
            (Kind::Word | Kind::Text, _) | (Kind::Sign, "." | "=") => {}
            (Kind::Sign, "{") => {
                self.around.push(Around::Argument);
                self.before = Use::Nothing;
            }
            (Kind::Sign, "/") if self.peek(0) == ">" => {}
            (Kind::Sign, ">") => {
                let Some(Around::Component { start, before }) = self.around.pop() else { return None };
                self.operand = Some(Operand { start, end: token.end(), shape: Shape::Component, before });
            }
            _ => return None,
        }
        Some(())
    }

    fn take_before(&mut self) -> Use {
        std::mem::replace(&mut self.before, Use::Nothing)
    }

    fn close(&mut self, token: Token<'t>) -> Option<()> {
        let end = token.end();
        if let Some(Around::Index { .. }) = self.around.last() {
            self.end_index(token.start)?;
        }
        self.operand = match (self.around.pop()?, token.text) {
            (Around::Group { before, start }, ")") => Some(Operand { start, end, shape: Shape::Other, before }),
            (Around::List { before, start, .. }, "]") | (Around::Map { before, start }, "}") => {
                Some(Operand { start, end, shape: Shape::Literal, before })
            }
            (Around::Index { base, .. }, "]") => Some(Operand { end, ..base }),
            (Around::Arguments { subject, .. }, ")") => Some(Operand { end, ..subject }),
            (Around::Argument, "}") => None,
            _ => return None,
        };
        self.before = Use::Nothing;
        Some(())
    }

    /// Opens the index of an operand, and measures the operand if it can be large: Tera copies a whole text to get one
    /// character of it.
    fn open_index(&mut self, token: Token<'t>) -> Option<()> {
        let mut base = self.operand.take()?;
        self.indexes += 1;
        let name = &self.text[base.start..base.end];
        let too_long = base.shape == Shape::Variable && name.len() > MAX_INDEXED;
        if too_long || name == ALL_VARIABLES || self.indexes > MAX_OPERATORS {
            return None;
        }
        // A filter cannot be inserted into `a.b[0].c`: there, the index gets one.
        let is_done = base.shape != Shape::Variable;
        // After a minus, the filter would apply to the negated value, and indexing a text is an error there.
        if is_done && base.shape != Shape::Constant && base.before != Use::Negates {
            self.insert(token.start, format!("| {FILTER} "), base.start..base.end);
            base.shape = Shape::Other;
        }
        self.around.push(Around::Index { base, open: token.end(), is_done });
        Some(())
    }

    /// Measures an indexed value at the end of the index, or of the first part of a slice.
    fn end_index(&mut self, at: usize) -> Option<()> {
        let Some(Around::Index { base, open, is_done }) = self.around.last_mut() else { return None };
        if std::mem::replace(is_done, true) {
            return Some(());
        }
        let (base, open) = (*base, *open);
        let subject = &self.text[base.start..base.end];
        let is_slice = self.text[at..].starts_with(':');
        let argument = if is_slice { "slice_of" } else { "of" };
        let mut addition = format!(" | {INDEX}({argument}=");
        let copied = addition.len();
        addition.push_str(subject);
        addition.push_str(") ");
        if self.text[open..at].trim().is_empty() {
            if !is_slice {
                return None;
            }
            addition.insert_str(0, "none");
            self.insertions.push(Insertion::copying(open, addition, copied + "none".len(), base.start..base.end));
        } else {
            self.insert(open, "(".to_owned(), open..open);
            addition.insert(0, ')');
            self.insertions.push(Insertion::copying(at, addition, copied + 1, base.start..base.end));
        }
        Some(())
    }

    /// Whether a filter is built into Tera and can have a large result. Helm's functions charge for their results.
    fn is_large_filter(&self, name: &str) -> bool {
        !SMALL_FILTERS.contains(&name) && !(self.is_function)(name)
    }

    /// Whether only the opening of the tag precedes `start`.
    fn is_first_in_tag(&self, start: usize) -> bool {
        let before = self.text.get(self.tag_start..start).unwrap_or_default();
        before.trim_start_matches(['{', '%', '-']).trim_ascii().is_empty()
    }

    /// Measures the operand that ends here, if the operators beside it or the construct that contains it require that.
    fn end_operand(&mut self, next: Use, is_last: bool) {
        let Some(operand) = self.operand.take() else { return };
        if !is_last && self.around.is_empty() {
            self.is_single = false;
        }
        let stands_for = operand.start..operand.end;
        // Whether the tag contains nothing else.
        let is_whole = is_last && self.is_single && self.around.is_empty();
        let around = self.around.iter().rev().find(|around| !matches!(around, Around::Group { .. }));
        let filter = match (around, operand.shape) {
            (Some(Around::List { stage: Stage::Target, .. }), _) => COMPREHENSION,
            _ if operand.before == Use::Negates => return,
            // All variables at once must not be put into one of them endlessly.
            (_, Shape::Variable) if &self.text[stands_for.clone()] == ALL_VARIABLES => COPY,
            (_, Shape::Constant) => return,
            (_, Shape::Literal) if self.text[operand.start + 1..operand.end - 1].trim_ascii().is_empty() => return,
            // Its parts are measured, but printing copies them.
            (_, Shape::Literal) if operand.before.max(next) < Use::Copies && self.tag != Tag::Print => LITERAL,
            // `{% <c> %}` opens a component with a body, where its output is measured.
            (_, Shape::Component) if self.tag != Tag::Print && self.is_first_in_tag(operand.start) => return,
            // Components of the built-in chart do not measure their output.
            (_, Shape::Component) if self.tag != Tag::Print || !is_whole => COPY,
            _ if operand.before == Use::Spreads => SPREAD,
            _ if operand.before.max(next) == Use::Counts => return,
            (Some(Around::Arguments { measures: false, .. }), _) => COPY,
            // A list shares its items, but must not grow or nest endlessly.
            (Some(Around::List { .. } | Around::Map { .. }), _) => READ,
            _ if operand.before.max(next) == Use::Copies => COPY,
            (None, shape) if self.tag == Tag::Print => match shape {
                Shape::Component if is_whole => return,
                Shape::Variable if is_whole && !self.text[stands_for.clone()].contains('[') => {
                    return self.print(stands_for);
                }
                _ => COPY,
            },
            (None, _) if self.tag == Tag::Loop => LOOP,
            _ if operand.before.max(next) == Use::Reads => READ,
            _ => return,
        };
        self.insert(operand.end, format!(" | {filter} "), stands_for);
    }

    /// Measures a variable before the tag that prints it: Tera's message about an undefined variable names it only if
    /// no filter is applied to it.
    fn print(&mut self, variable: Range<usize>) {
        let dash = if self.text[self.tag_start..].starts_with("{{-") { "-" } else { "" };
        let mut addition = format!("{{{{{dash} {PRINT}(value=");
        let copied = addition.len();
        addition.push_str(&self.text[variable.clone()]);
        addition.push_str(") }}");
        self.insertions.push(Insertion::copying(self.tag_start, addition, copied, variable));
    }
}

/// Returns the captured text of a block as an operand.
fn captured(end: usize) -> Operand {
    Operand { start: end, end, shape: Shape::Other, before: Use::Nothing }
}

#[cfg(test)]
mod tests;
