//! Errors of templates: Go's texts, nested as Go nests them, and Helm's wording around them.
//!
//! An [`ExecError`] ends one run of a template. `include` and `tpl` pass on the error of the template that they run, so
//! errors form a chain, outermost first.

use super::value::{MarshalError, Text};
use crate::diagnostic::Source;
use crate::engine::sprig;

/// An error that a function returns, before Go adds the place of the call.
#[derive(Debug, Clone)]
pub enum FnError {
    /// A plain message.
    Message(String),
    /// `required` or `fail` refused to go on, with this message from the chart.
    Refused(String),
    /// The template that `include` ran has failed.
    Include(Box<ExecError>),
    /// No template has the name passed to `include`.
    NoTemplate(Text),
    /// The text that `tpl` ran has failed: the part of Go's message in front of the nested error, and that error.
    Tpl(String, Box<ExecError>),
    /// The text passed to `tpl` can't be parsed: the part of Go's message in front of the parse error, and that error.
    TplParse(String, Box<ParseError>),
    /// A budget is used up, or calls are nested too deeply.
    Limit(String),
}

impl FnError {
    /// Creates a plain message.
    pub fn new(message: impl Into<String>) -> FnError {
        FnError::Message(message.into())
    }

    /// The error's own text, and the nested error whose text follows it.
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

impl From<MarshalError> for FnError {
    fn from(error: MarshalError) -> Self {
        match error {
            MarshalError::Limit(message) => FnError::Limit(message.to_owned()),
            MarshalError::Unsupported(message) => FnError::Message(message),
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

/// The markers that Helm puts around messages of `required` and `fail`, to find them in the text of an error.
const WARN_START: &str = "HELM_ERR_START";
const WARN_END: &str = "HELM_ERR_END";

/// The text of an error about a template that is not defined.
fn no_template(name: &[u8]) -> String {
    format!("template: no template {} associated with template \"gotpl\"", crate::go::strconv::quote_bytes(name))
}

/// The error of a text that can't be parsed as a template.
#[derive(Debug, Clone)]
pub struct ParseError {
    /// The name of the template.
    pub name: String,
    /// The line in Go's message, from 1.
    pub line: u32,
    /// Go's message without the place.
    pub message: String,
    /// The offset of the token where Go stopped.
    pub at: usize,
    /// The file; `None` for a text passed to `tpl`.
    pub source: Option<Source>,
    /// The text passed to `tpl`; `None` for a file.
    pub tpl_text: Option<Text>,
}

impl ParseError {
    /// Go's full text.
    pub fn text(&self) -> String {
        format!("template: {}:{}: {}", self.name, self.line, self.message)
    }

    /// Helm's text: the place, and only the last part of Go's message.
    pub fn helm_text(&self) -> String {
        let text = self.text();
        let location = text.split(": ").nth(1).unwrap_or_default();
        let message = text.rsplit(": ").next().unwrap_or_default();
        format!("parse error at ({location}): {message}")
    }
}

/// The error that ended one run of a template.
#[derive(Debug, Clone)]
pub struct ExecError {
    /// The file and the position in it as Go writes them: `c/templates/t.yaml:3:14`.
    pub location: String,
    /// The name of the running template: the file's own, or one that the file defines.
    pub executing: String,
    /// The failing node as Go writes it back, between `<` and `>`.
    pub context: String,
    /// The message up to the nested error.
    pub message: String,
    /// Whether the node reads a field of nil.
    pub is_nil_field: bool,
    /// The error of the called function.
    pub cause: Option<FnError>,
    /// The place to show in a diagnostic.
    pub place: Place,
    /// The keys after `.Values` in the node, if it reads a value.
    pub value: Vec<String>,
}

/// A place in a template.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The file; `None` for a text passed to `tpl`.
    pub source: Option<Source>,
    /// The text passed to `tpl`; `None` for a file.
    pub tpl_text: Option<Text>,
    /// The offset of the node's first byte.
    pub start: usize,
    /// The offset after its last byte.
    pub end: usize,
}

impl ExecError {
    /// Go's text for this run only, and the nested error whose text follows it.
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

    /// The errors of the chain, outermost first.
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

    /// Go's full text, nested errors included.
    pub fn text(&self) -> String {
        self.chain().map(|error| error.parts().0).collect()
    }

    /// The message of `required` or `fail` if one of them ended the run.
    pub fn refusal(&self) -> Option<&str> {
        match &self.innermost().cause {
            Some(FnError::Refused(sentence)) => Some(sentence),
            _ => None,
        }
    }

    /// Helm's text. A refusal of `required` or `fail` is its message with the outermost place; a chain of nothing but
    /// failed includes is one block for each level; a chain with any other function's error is Go's text.
    pub fn helm_text(&self) -> String {
        if let Some(sentence) = self.refusal() {
            return format!("execution error at ({}): {sentence}", self.location);
        }
        if let Some(FnError::Limit(message)) = &self.innermost().cause
            && self.cause.as_ref().is_some_and(|cause| !matches!(cause, FnError::Limit(_)))
        {
            // Helm has no such error. The chain may be as long as the limit allows, so the levels in between are omitted.
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
            is_nil_field: false,
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
    fn parse_errors_are_shortened_as_in_helm() {
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
