//! One call of a function: its arguments, and what can go wrong with them.

use std::borrow::Cow;

use tera::value::ValueKind;
use tera::{Kwargs, Value};

use super::Function;
use super::go_format::display;

use crate::engine::tera::run::Run;
use crate::engine::tera::value::TooDeep;

/// Why a function gave no value.
#[derive(Debug)]
pub(in crate::engine::tera) enum Failure {
    /// The call is wrong: Go would say `error calling NAME: MESSAGE`.
    Call(String),
    /// `required` and `fail`: the chart refuses to render, and this is the sentence of its author.
    Refused(String),
    /// A text given to `tpl` is wrong, in itself.
    Text { text: String, error: Box<tera::Error> },
}

impl Failure {
    pub(in crate::engine::tera) fn call(message: impl Into<String>) -> Failure {
        Failure::Call(message.into())
    }
}

impl From<TooDeep> for Failure {
    fn from(_: TooDeep) -> Self {
        Failure::Call(TooDeep::message())
    }
}

/// What a function gives.
pub(super) type Answer = Result<Value, Failure>;

/// One call of a function, written as a filter (`value | name(…)`) or as a function (`name(…)`).
pub(in crate::engine::tera) struct Call<'a> {
    pub(super) function: &'static Function,
    /// What was piped into it; stands for the first parameter.
    pub(super) piped: Option<&'a Value>,
    pub(in crate::engine::tera) kwargs: &'a Kwargs,
    pub(super) run: &'a Run,
}

impl<'a> Call<'a> {
    /// An argument, if it was given.
    pub(super) fn optional(&self, name: &'static str) -> Option<&'a Value> {
        if let Some(piped) = self.piped
            && self.function.first_parameter() == Some(name)
        {
            return Some(piped);
        }
        // Taking a value as it is can't fail.
        self.kwargs.get::<&Value>(name).ok().flatten()
    }

    /// An argument.
    pub(super) fn value(&self, name: &'static str) -> Result<&'a Value, Failure> {
        self.optional(name).ok_or_else(|| Failure::Call(format!("the argument `{name}` is missing: {}", self.usage())))
    }

    /// The arguments that the function does not know.
    pub(super) fn check_names(&self) -> Result<(), Failure> {
        let parameters = self.function.parameters;
        if parameters.contains(&"...") {
            return Ok(());
        }
        let piped = self.piped.and(self.function.first_parameter());
        for (key, _) in self.kwargs.iter() {
            let key = key.as_str().unwrap_or("");
            if Some(key) == piped {
                return Err(Failure::Call(format!("`{key}` is what is piped in, it can't be given again")));
            }
            if !parameters.iter().any(|parameter| parameter.trim_end_matches('?') == key) {
                return Err(Failure::Call(format!("there is no argument `{key}`: {}", self.usage())));
            }
        }
        Ok(())
    }

    fn usage(&self) -> String {
        format!("it is called {}", self.function.form())
    }

    /// A string argument of Go's type `string`: anything else is a mistake.
    pub(in crate::engine::tera) fn text(&self, name: &'static str) -> Result<&'a str, Failure> {
        let value = self.value(name)?;
        value.as_str().ok_or_else(|| wrong_type(value, "string"))
    }

    /// An argument as text, as sprig's `strval` makes it from any type.
    pub(super) fn printed(&self, name: &'static str) -> Result<Cow<'a, str>, Failure> {
        self.value(name).map(display)
    }

    /// A whole number of Go's type `int`: a float or a string is a mistake.
    pub(super) fn whole(&self, name: &'static str) -> Result<i64, Failure> {
        let value = self.value(name)?;
        value.as_i64().ok_or_else(|| wrong_type(value, "int"))
    }

    /// A list argument.
    pub(super) fn list(&self, name: &'static str) -> Result<&'a [Value], Failure> {
        let value = self.value(name)?;
        value.as_array().ok_or_else(|| wrong_type(value, "[]interface {}"))
    }

    /// A map argument.
    pub(super) fn map(&self, name: &'static str) -> Result<&'a tera::Map, Failure> {
        let value = self.value(name)?;
        value.as_map().ok_or_else(|| wrong_type(value, "map[string]interface {}"))
    }
}

/// Go's words for an argument of the wrong type.
pub(super) fn wrong_type(value: &Value, expected: &str) -> Failure {
    if is_nothing(value) {
        return Failure::Call(format!("invalid value; expected {expected}"));
    }
    Failure::Call(format!("wrong type for value; expected {expected}; got {}", go_type(value)))
}

/// The name of a value's type as Go prints it.
pub(super) fn go_type(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => "<nil>",
        ValueKind::Bool => "bool",
        ValueKind::F64 => "float64",
        ValueKind::String => "string",
        ValueKind::Array => "[]interface {}",
        ValueKind::Map => "map[string]interface {}",
        ValueKind::Bytes => "[]uint8",
        _ => "int",
    }
}

/// Whether it is null or undefined.
pub(super) fn is_nothing(value: &Value) -> bool {
    value.is_none() || value.is_undefined()
}

/// Whether sprig's `empty` holds: null, undefined, false, 0, "", an empty list or map.
pub(super) fn is_empty(value: &Value) -> bool {
    !value.is_truthy()
}
