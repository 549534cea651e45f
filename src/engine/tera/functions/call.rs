//! A Helm function, and a call of it: reading and checking its arguments and its result.

use std::borrow::Cow;
use std::sync::Weak;

use tera::{Kwargs, Value};

use super::go_value::{display, go_type};
use super::value_size;

use crate::engine::sprig::{self, Limits};
pub(super) use crate::engine::tera::failure::Failure;
use crate::engine::tera::run::Run;
use crate::engine::tera::value::TooDeep;

impl From<TooDeep> for Failure {
    fn from(_: TooDeep) -> Self {
        Failure::Call(TooDeep::message())
    }
}

impl From<sprig::Error> for Failure {
    fn from(error: sprig::Error) -> Self {
        Failure::Call(error.to_string())
    }
}

/// The limits of the template that makes a call.
pub(super) struct CallLimits<'a>(&'a Call<'a>);

impl Limits for CallLimits<'_> {
    fn check_size(&mut self, bytes: usize) -> Result<(), sprig::Error> {
        self.0.run.budget.check_size(bytes).map_err(sprig::Error::Limit)
    }

    fn spend_items(&mut self, count: usize) -> Result<(), sprig::Error> {
        self.0.run.budget.spend_items(count as u64).map_err(sprig::Error::Limit)
    }

    fn spend_work(&mut self, steps: usize) -> Result<(), sprig::Error> {
        match steps / STEPS_IN_AN_ITEM {
            0 => Ok(()),
            items => self.spend_items(items),
        }
    }
}

/// How many steps of work count as an item.
const STEPS_IN_AN_ITEM: usize = 16;

/// The cost of an item in a list or map that a function makes, in bytes.
const ITEM: usize = 16;

/// A Helm function.
#[derive(Debug)]
pub struct Function {
    /// Its name in Helm.
    pub name: &'static str,
    /// Its parameters. The first one receives the value that is piped into a filter; optional ones end in `?`, and
    /// `...` stands for any keyword arguments.
    pub parameters: &'static [&'static str],
    /// What it returns, in one or two sentences; or, if it is refused, why, and what to do instead.
    pub meaning: &'static str,
    outcome: Outcome,
    body: fn(&Call<'_>) -> Answer,
}

/// What a call of a function leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A value that it makes.
    New,
    /// One of its arguments, or a part of one.
    Chosen,
    /// An error, because the result would differ from run to run.
    Refusal,
}

impl Function {
    pub(super) const fn new(
        name: &'static str,
        parameters: &'static [&'static str],
        meaning: &'static str,
        body: fn(&Call<'_>) -> Answer,
    ) -> Function {
        Function { name, parameters, meaning, outcome: Outcome::New, body }
    }

    /// A function that returns one of its arguments or a part of one, and makes nothing.
    pub(super) const fn choosing(
        name: &'static str,
        parameters: &'static [&'static str],
        meaning: &'static str,
        body: fn(&Call<'_>) -> Answer,
    ) -> Function {
        Function { name, parameters, meaning, outcome: Outcome::Chosen, body }
    }

    /// A function that must not be called.
    pub(super) const fn refused(name: &'static str, meaning: &'static str, body: fn(&Call<'_>) -> Answer) -> Function {
        Function { name, parameters: &["value?", "..."], meaning, outcome: Outcome::Refusal, body }
    }

    /// Whether calling it is an error because its result would differ from run to run.
    pub fn is_refused(&self) -> bool {
        self.outcome == Outcome::Refusal
    }

    pub(super) fn first_parameter(&self) -> Option<&'static str> {
        self.parameters.first().map(|first| first.trim_end_matches('?')).filter(|first| *first != "...")
    }

    /// Returns how a template calls it, as a filter if something can be piped in: `text | nindent(width=…)`.
    pub fn form(&self) -> String {
        let arguments = |parameters: &[&str]| {
            let arguments = parameters.iter().map(|parameter| match parameter.strip_suffix('?') {
                Some(optional) => format!("[{optional}=…]"),
                None if *parameter == "..." => "name=…, …".to_owned(),
                None => format!("{parameter}=…"),
            });
            arguments.collect::<Vec<_>>().join(", ")
        };
        match self.first_parameter() {
            None => format!("{}({})", self.name, arguments(self.parameters)),
            Some(first) if self.parameters.len() == 1 => format!("{first} | {}", self.name),
            Some(first) => format!("{first} | {}({})", self.name, arguments(&self.parameters[1..])),
        }
    }

    pub(super) fn call(
        &'static self,
        piped: Option<&Value>,
        kwargs: &Kwargs,
        run: &Weak<Run>,
    ) -> tera::TeraResult<Value> {
        let Some(run) = run.upgrade() else {
            return Err(tera::Error::message("this template engine is no longer in use"));
        };
        let call = Call { function: self, piped, kwargs, run: &run };
        let answer = run.budget.spend_call().map_err(Failure::Call).and_then(|()| {
            call.check_names()?;
            let answer = (self.body)(&call)?;
            call.check_answer(&answer)?;
            Ok(answer)
        });
        answer.map_err(|failure| run.keep_failure(self.name, failure))
    }
}

/// The result of a function.
pub(super) type Answer = Result<Value, Failure>;

/// One call of a function, written as a filter (`value | name(…)`) or as a function (`name(…)`).
pub(in crate::engine::tera) struct Call<'a> {
    pub(super) function: &'static Function,
    /// The value that was piped into it, which is its first argument.
    pub(super) piped: Option<&'a Value>,
    pub(in crate::engine::tera) kwargs: &'a Kwargs,
    pub(super) run: &'a Run,
}

impl<'a> Call<'a> {
    /// Returns an argument, if it was given.
    pub(super) fn optional(&self, name: &'static str) -> Option<&'a Value> {
        if let Some(piped) = self.piped
            && self.function.first_parameter() == Some(name)
        {
            return Some(piped);
        }
        // Reading a value without conversion cannot fail.
        self.kwargs.get::<&Value>(name).ok().flatten()
    }

    /// Returns a required argument.
    pub(super) fn value(&self, name: &'static str) -> Result<&'a Value, Failure> {
        self.optional(name).ok_or_else(|| Failure::Call(format!("the argument `{name}` is missing: {}", self.usage())))
    }

    /// Rejects arguments that the function does not have.
    pub(super) fn check_names(&self) -> Result<(), Failure> {
        let parameters = self.function.parameters;
        if parameters.contains(&"...") {
            return Ok(());
        }
        let piped = self.piped.and(self.function.first_parameter());
        for (key, _) in self.kwargs.iter() {
            let key = key.as_str().unwrap_or("");
            if Some(key) == piped {
                return Err(Failure::Call(format!("`{key}` is the piped value and can't be passed again")));
            }
            if !parameters.iter().any(|parameter| parameter.trim_end_matches('?') == key) {
                return Err(Failure::Call(format!("unknown argument `{key}`: {}", self.usage())));
            }
        }
        Ok(())
    }

    fn usage(&self) -> String {
        format!("use it as {}", self.function.form())
    }

    /// Returns a string argument (Go's type `string`); any other type is an error.
    pub(in crate::engine::tera) fn text(&self, name: &'static str) -> Result<&'a str, Failure> {
        let value = self.value(name)?;
        let text = value.as_str().ok_or_else(|| wrong_type(value, "string"))?;
        self.spend_read(text.len() as u64)?;
        Ok(text)
    }

    /// Returns the bytes of a string argument, which need not be UTF-8: the content of a file, or the result of
    /// `b64dec`.
    pub(super) fn bytes(&self, name: &'static str) -> Result<&'a [u8], Failure> {
        match self.value(name)?.as_bytes() {
            Some(bytes) => Ok(bytes),
            None => self.text(name).map(str::as_bytes),
        }
    }

    /// Returns an argument that is processed with everything it contains.
    pub(super) fn whole_value(&self, name: &'static str) -> Result<&'a Value, Failure> {
        let value = self.value(name)?;
        self.spend_read(value_size::size(value)?)?;
        Ok(value)
    }

    /// Returns an argument as text, which sprig's `strval` makes from any type.
    pub(super) fn printed(&self, name: &'static str) -> Result<Cow<'a, str>, Failure> {
        self.whole_value(name).map(display)
    }

    /// Returns the items of a list, or any other value as a single item, to be processed with everything they contain.
    pub(super) fn one_or_more(&self, name: &'static str) -> Result<&'a [Value], Failure> {
        let value = self.whole_value(name)?;
        Ok(value.as_array().unwrap_or(std::slice::from_ref(value)))
    }

    /// Returns an integer argument (Go's type `int`); a float or a string is an error.
    pub(super) fn whole(&self, name: &'static str) -> Result<i64, Failure> {
        let value = self.value(name)?;
        value.as_i64().ok_or_else(|| wrong_type(value, "int"))
    }

    /// Checks the result of the function: texts must not be too large, new values are charged, and lists and maps
    /// must not nest endlessly.
    pub(super) fn check_answer(&self, answer: &Value) -> Result<(), Failure> {
        let text = answer.as_str().map(str::len).or(answer.as_bytes().map(<[u8]>::len));
        let made = match text {
            Some(bytes) => {
                self.check_size(bytes)?;
                bytes
            }
            None if self.function.outcome == Outcome::Chosen => 0,
            None => match answer.len() {
                Some(items) => {
                    self.spend_work(items)?;
                    self.spend_read(value_size::size(answer)?)?;
                    items.saturating_mul(ITEM)
                }
                None => return Ok(()),
            },
        };
        self.run.budget.spend_made(made as u64).map_err(Failure::Call)
    }

    fn spend_read(&self, bytes: u64) -> Result<(), Failure> {
        self.run.budget.spend_read(bytes).map_err(Failure::Call)
    }

    /// Checks the size of a text before it is made.
    pub(super) fn check_size(&self, bytes: usize) -> Result<(), Failure> {
        self.run.budget.check_size(bytes).map_err(Failure::Call)
    }

    /// Returns how many bytes a text that is about to be made may have.
    pub(super) fn largest_text(&self) -> usize {
        self.run.budget.largest_text()
    }

    /// Counts items before they are made.
    pub(super) fn spend_items(&self, count: usize) -> Result<(), Failure> {
        self.run.budget.spend_items(count as u64).map_err(Failure::Call)
    }

    /// Counts steps of work on items that exist already, which cost much less than new items.
    pub(super) fn spend_work(&self, steps: usize) -> Result<(), Failure> {
        Ok(self.limits().spend_work(steps)?)
    }

    /// Returns the limits of the template, for the functions of sprig.
    pub(super) fn limits(&self) -> CallLimits<'_> {
        CallLimits(self)
    }

    /// Returns a list argument.
    pub(super) fn list(&self, name: &'static str) -> Result<&'a [Value], Failure> {
        let value = self.value(name)?;
        value.as_array().ok_or_else(|| wrong_type(value, "[]interface {}"))
    }

    /// Returns a map argument.
    pub(super) fn map(&self, name: &'static str) -> Result<&'a tera::Map, Failure> {
        let value = self.value(name)?;
        value.as_map().ok_or_else(|| wrong_type(value, "map[string]interface {}"))
    }
}

/// Returns Go's error about an argument of the wrong type.
pub(super) fn wrong_type(value: &Value, expected: &str) -> Failure {
    if is_nothing(value) {
        return Failure::Call(format!("invalid value; expected {expected}"));
    }
    Failure::Call(format!("wrong type for value; expected {expected}; got {}", go_type(value)))
}

/// Whether a value is null or undefined.
pub(super) fn is_nothing(value: &Value) -> bool {
    value.is_none() || value.is_undefined()
}
