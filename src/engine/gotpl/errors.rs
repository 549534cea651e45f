//! Errors of templates: Go's texts, nested as Go nests them, and Helm's framing of them.
//!
//! An [`ExecError`] is what one run of a template failed with. `include` hands on the error of the template that it runs,
//! so that errors form a chain, the outermost first.

use super::value::Text;
use crate::diagnostic::Source;
use crate::engine::sprig;

/// What a function failed with, before Go adds where it was called.
#[derive(Debug, Clone)]
pub enum FnError {
    /// A message.
    Message(String),
    /// What `required` or `fail` refused, with the chart's own sentence.
    Refused(String),
    /// The template that `include` ran failed.
    Include(Box<ExecError>),
    /// No template has the name that `include` was given.
    NoTemplate(Text),
    /// The text that `tpl` ran failed: Go's message before the nested error, and that.
    Tpl(String, Box<ExecError>),
    /// The text that `tpl` was given can't be parsed.
    TplParse(String, Box<ParseError>),
    /// A budget is used up, or there is no more room for nested calls.
    Limit(String),
}

impl FnError {
    /// A message.
    pub fn new(message: impl Into<String>) -> FnError {
        FnError::Message(message.into())
    }

    /// The error's own text, and the nested error whose text follows.
    fn parts(&self) -> (String, Option<&ExecError>) {
        match self {
            FnError::Message(message) | FnError::Limit(message) => (message.clone(), None),
            FnError::Refused(sentence) => (format!("{WARN_START}{sentence}{WARN_END}"), None),
            FnError::Include(error) => (String::new(), Some(error)),
            FnError::NoTemplate(name) => (no_template(name), None),
            FnError::Tpl(prefix, error) => (prefix.clone(), Some(error)),
            FnError::TplParse(prefix, error) => (format!("{prefix}{}", error.text()), None),
        }
    }
}

impl From<sprig::Error> for FnError {
    fn from(error: sprig::Error) -> Self {
        match error {
            sprig::Error::Call(message) => FnError::Message(message),
            sprig::Error::Limit(message) => FnError::Limit(message),
        }
    }
}

impl From<String> for FnError {
    fn from(message: String) -> Self {
        FnError::Message(message)
    }
}

impl From<&str> for FnError {
    fn from(message: &str) -> Self {
        FnError::Message(message.to_owned())
    }
}

/// Helm wraps what `required` and `fail` refuse in these, and looks for them in the error.
const WARN_START: &str = "HELM_ERR_START";
const WARN_END: &str = "HELM_ERR_END";

/// The text of a call of a template that is not there.
fn no_template(name: &[u8]) -> String {
    format!("template: no template {} associated with template \"gotpl\"", crate::go::strconv::quote_bytes(name))
}

/// A text can't be parsed as templates.
#[derive(Debug, Clone)]
pub struct ParseError {
    /// The name of the template.
    pub name: String,
    /// The line that Go names, from 1.
    pub line: u32,
    /// Go's message, without the place.
    pub message: String,
    /// Where the token is that Go stopped at.
    pub at: usize,
    /// The text, for files.
    pub source: Option<Source>,
    /// The text, where it was given to `tpl`.
    pub tpl_text: Option<Text>,
}

impl ParseError {
    /// Go's text.
    pub fn text(&self) -> String {
        format!("template: {}:{}: {}", self.name, self.line, self.message)
    }

    /// Helm's text: the place and the last part of Go's.
    pub fn helm_text(&self) -> String {
        let text = self.text();
        let location = text.split(": ").nth(1).unwrap_or_default();
        let message = text.rsplit(": ").next().unwrap_or_default();
        format!("parse error at ({location}): {message}")
    }
}

/// What one run of a template failed with.
#[derive(Debug, Clone)]
pub struct ExecError {
    /// The file and the place in it as Go writes them: `c/templates/t.yaml:3:14`.
    pub location: String,
    /// The template that was running: the file's own, or one that it defines.
    pub executing: String,
    /// The node as Go writes it back, between `<` and `>`.
    pub context: String,
    /// What is wrong, up to the nested error.
    pub message: String,
    /// What the function that was called failed with.
    pub cause: Option<FnError>,
    /// The place, for the snippet.
    pub place: Place,
    /// What follows `.Values` in the node, if it reads a value.
    pub value: Vec<String>,
}

/// A place in a template.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The file; `None` for a text given to `tpl`.
    pub source: Option<Source>,
    /// The text given to `tpl`.
    pub tpl_text: Option<Text>,
    /// The bytes of the node.
    pub start: usize,
    /// One beyond its last byte.
    pub end: usize,
}

impl ExecError {
    /// What Go writes of this run alone, and the error that follows.
    fn parts(&self) -> (String, Option<&ExecError>) {
        let name = crate::go::strconv::quote_double(&self.executing);
        let head = format!("template: {}: executing {name} at <{}>: {}", self.location, self.context, self.message);
        match &self.cause {
            None => (head, None),
            Some(cause) => {
                let (text, next) = cause.parts();
                (head + &text, next)
            }
        }
    }

    /// The errors of the chain, the outermost first.
    pub fn chain(&self) -> impl Iterator<Item = &ExecError> {
        std::iter::successors(Some(self), |error| match &error.cause {
            Some(FnError::Include(next) | FnError::Tpl(_, next)) => Some(next),
            _ => None,
        })
    }

    /// The innermost error of the chain.
    pub fn innermost(&self) -> &ExecError {
        self.chain().last().unwrap_or(self)
    }

    /// Go's text.
    pub fn text(&self) -> String {
        self.chain().map(|error| error.parts().0).collect()
    }

    /// The sentence of `required` or `fail`, if that is what ended the run.
    pub fn refusal(&self) -> Option<&str> {
        match &self.innermost().cause {
            Some(FnError::Refused(sentence)) => Some(sentence),
            _ => None,
        }
    }

    /// Helm's text: the sentence of `required` or `fail` with the outermost place, a block for each level of includes, or
    /// Go's text where any part of the chain is not a template's error.
    pub fn helm_text(&self) -> String {
        if let Some(sentence) = self.refusal() {
            return format!("execution error at ({}): {sentence}", self.location);
        }
        if let Some(FnError::Limit(message)) = &self.innermost().cause
            && self.cause.as_ref().is_some_and(|cause| !matches!(cause, FnError::Limit(_)))
        {
            // Helm has no such error, and the levels between are as many as the limit allows.
            return self.parts().0.trim_end().to_owned() + " " + message;
        }
        let plain =
            |error: &ExecError| !matches!(&error.cause, None | Some(FnError::Include(_) | FnError::NoTemplate(_)));
        if self.chain().any(plain) {
            return self.text();
        }
        let mut blocks: Vec<String> = Vec::new();
        for error in self.chain() {
            let name = crate::go::strconv::quote_double(&error.executing);
            let message = match error.message.find(" template:") {
                Some(cut) => &error.message[..cut],
                None => error.message.trim_end_matches(' '),
            };
            let block = format!("{}\n  executing {name} at <{}>:\n    {message}\n", error.location, error.context);
            if blocks.last() != Some(&block) {
                blocks.push(block);
            }
            if let Some(FnError::NoTemplate(name)) = &error.cause {
                blocks.push(format!("{}\n", no_template(name)));
            }
        }
        blocks.concat().trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(location: &str, message: &str, cause: Option<FnError>) -> ExecError {
        ExecError {
            location: location.into(),
            executing: "h".into(),
            context: "x".into(),
            message: message.into(),
            cause,
            place: Place::default(),
            value: Vec::new(),
        }
    }

    #[test]
    fn a_chain_of_includes_is_a_block_for_each() {
        let inner = error("b:2:1", "nil pointer evaluating interface {}.y", None);
        let outer = error("a:1:3", "error calling include: ", Some(FnError::Include(Box::new(inner))));
        assert_eq!(
            outer.helm_text(),
            "a:1:3\n  executing \"h\" at <x>:\n    error calling include:\nb:2:1\n  executing \"h\" at <x>:\n    nil pointer evaluating interface {}.y"
        );
    }

    #[test]
    fn errors_of_other_functions_are_flat() {
        let inner = error("b:2:1", "error calling index: ", Some("index out of range: 5".into()));
        let outer = error("a:1:3", "error calling include: ", Some(FnError::Include(Box::new(inner))));
        assert_eq!(
            outer.helm_text(),
            "template: a:1:3: executing \"h\" at <x>: error calling include: template: b:2:1: executing \"h\" at <x>: error calling index: index out of range: 5"
        );
    }

    #[test]
    fn refusals_name_the_outermost_place() {
        let inner = error("b:2:1", "error calling fail: ", Some(FnError::Refused("no: way".into())));
        let outer = error("a:1:3", "error calling include: ", Some(FnError::Include(Box::new(inner))));
        assert_eq!(outer.helm_text(), "execution error at (a:1:3): no: way");
    }

    #[test]
    fn of_parse_errors_helm_keeps_the_last_part() {
        let error = ParseError {
            name: "c/t".into(),
            line: 2,
            message: "bad number syntax: \"3-\"".into(),
            at: 0,
            source: None,
            tpl_text: None,
        };
        assert_eq!(error.helm_text(), "parse error at (c/t:2): \"3-\"");
    }
}
