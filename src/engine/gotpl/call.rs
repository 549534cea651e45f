//! How templates call functions: signatures as Go declares them, arguments, and the evaluator that functions can use.

use std::sync::Arc;

use super::errors::FnError;
use super::value::{Kind, List, ListKind, Map, MapKind, Text, Value};
use crate::engine::environment::Environment;
use crate::engine::sprig::crypto::Memory;
use crate::engine::sprig::random::Random;
use crate::engine::sprig::{self, Limits};
use crate::go::utf8;

/// A function or method that templates can call.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Its parameters. If it is [`variadic`](Self::variadic), the last one accepts any number of arguments.
    pub params: &'static [Param],
    /// Whether the last parameter is variadic.
    pub variadic: bool,
    /// Whether each call returns something different.
    pub is_random: bool,
    /// How its arguments are evaluated.
    pub evaluation: Evaluation,
    /// Its implementation. The arguments have been checked against the parameters.
    pub run: Run,
}

/// How the arguments of a function are evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evaluation {
    /// All of them.
    All,
    /// Up to the first false one, which is the result: `and`.
    WhileTrue,
    /// Up to the first true one, which is the result: `or`.
    WhileFalse,
    /// All of them. The text of the first one follows them as a further argument: `call`.
    WithText,
}

/// The implementation of a function. For a method, the receiver is the first argument.
pub type Run = fn(&mut dyn Evaluate, Args<'_>) -> Result<Value, FnError>;

impl Function {
    /// Creates a function with these parameters.
    pub const fn new(name: &'static str, params: &'static [Param], run: Run) -> Function {
        Function { name, params, variadic: false, is_random: false, evaluation: Evaluation::All, run }
    }

    /// Creates a function whose last parameter is variadic.
    pub const fn variadic(name: &'static str, params: &'static [Param], run: Run) -> Function {
        Function { name, params, variadic: true, is_random: false, evaluation: Evaluation::All, run }
    }

    /// Creates a function whose result is random.
    pub const fn random(name: &'static str, params: &'static [Param], run: Run) -> Function {
        Function { name, params, variadic: false, is_random: true, evaluation: Evaluation::All, run }
    }

    /// The same function with another way to evaluate its arguments.
    pub const fn evaluating(self, evaluation: Evaluation) -> Function {
        Function { evaluation, ..self }
    }

    /// The parameter for the argument at a position.
    pub fn param(&self, index: usize) -> Param {
        match self.params.get(index) {
            Some(param) => *param,
            None => self.params.last().copied().unwrap_or(Param::Any),
        }
    }
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// `reflect.Value`: a missing value is passed as it is. Only built-in functions have it.
    Reflect,
    /// `interface {}`
    Any,
    /// `string`
    Str,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `uint32`
    Uint32,
    /// `time.Duration`
    Duration,
    /// `float64`
    Float,
    /// `map[string]interface {}`
    Map,
    /// `[]interface {}`
    List,
    /// A named type, such as `time.Time`.
    Object(&'static str),
}

impl Param {
    /// The name of the type in messages.
    pub fn go_type(self) -> &'static str {
        match self {
            Param::Reflect => "reflect.Value",
            Param::Any => "interface {}",
            Param::Str => "string",
            Param::Bool => "bool",
            Param::Int => "int",
            Param::Uint32 => "uint32",
            Param::Duration => "time.Duration",
            Param::Float => "float64",
            Param::Map => "map[string]interface {}",
            Param::List => "[]interface {}",
            Param::Object(name) => name,
        }
    }

    /// Returns the value that nil is converted to; `None` if the type has no nil.
    pub fn zero(self) -> Option<Value> {
        match self {
            Param::Reflect => Some(Value::Invalid),
            Param::Any => Some(Value::Nil),
            Param::Map => Some(Value::Map(Map::nil(MapKind::Any))),
            Param::List => Some(Value::List(List::nil(ListKind::Any))),
            Param::Object(name) if name.starts_with('*') => Some(Value::Nil),
            _ => None,
        }
    }

    /// Converts a value to the form in which a parameter of this type holds it. The caller handles nil and missing values.
    ///
    /// # Errors
    /// The value itself, if it is not assignable to the type.
    pub fn assign(self, value: Value) -> Result<Value, Value> {
        match (self, value) {
            (Param::Any | Param::Reflect, value) => Ok(value),
            (Param::Str, value @ Value::Str(_))
            | (Param::Bool, value @ Value::Bool(_))
            | (Param::Int, value @ Value::Int(_))
            | (Param::Float, value @ Value::Float(_)) => Ok(value),
            (Param::Map, Value::Map(map)) if map.kind().holds_any() => Ok(Value::Map(map.with_kind(MapKind::Any))),
            (Param::List, Value::List(list)) if list.kind() == ListKind::Any => Ok(Value::List(list)),
            (Param::Object(name), Value::Object(object)) if object.go_type() == name => Ok(Value::Object(object)),
            (Param::Duration, Value::Object(object)) if object.go_type() == self.go_type() => Ok(Value::Object(object)),
            // Go follows only one level of indirection too: `*T` is assignable to `T`.
            (Param::Object(name), Value::Object(object))
                if object.kind() == Kind::Pointer && object.go_type().strip_prefix('*') == Some(name) =>
            {
                Ok(Value::Object(object))
            }
            (_, value) => Err(value),
        }
    }
}

/// The arguments of a call. They fit the function's parameters, so the accessor for a parameter's type always matches.
#[derive(Debug, Clone, Copy)]
pub struct Args<'a>(pub &'a [Value]);

impl<'a> Args<'a> {
    /// The number of arguments.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// The argument at a position, of any type.
    pub fn get(self, index: usize) -> &'a Value {
        self.0.get(index).unwrap_or(&Value::Nil)
    }

    /// The arguments from a position on.
    pub fn from(self, index: usize) -> &'a [Value] {
        self.0.get(index..).unwrap_or(&[])
    }

    /// The bytes of a `string` or `[]uint8` argument.
    pub fn bytes(self, index: usize) -> &'a [u8] {
        match self.get(index) {
            Value::Str(text) => text,
            Value::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// A `string` argument, shared.
    pub fn text(self, index: usize) -> Text {
        self.get(index).as_str().cloned().unwrap_or_default()
    }

    /// A `string` argument, with U+FFFD for each byte that is not UTF-8.
    pub fn str(self, index: usize) -> std::borrow::Cow<'a, str> {
        utf8::to_text(self.bytes(index))
    }

    /// An `int` or `int64` argument.
    pub fn int(self, index: usize) -> i64 {
        match self.get(index) {
            Value::Int(number) | Value::Int64(number) => *number,
            _ => 0,
        }
    }

    /// A `float64` argument.
    pub fn float(self, index: usize) -> f64 {
        if let Value::Float(number) = self.get(index) { *number } else { 0.0 }
    }

    /// A `bool` argument.
    pub fn bool(self, index: usize) -> bool {
        matches!(self.get(index), Value::Bool(true))
    }

    /// A map argument.
    pub fn map(self, index: usize) -> Map {
        self.get(index).as_map().cloned().unwrap_or(Map::nil(MapKind::Any))
    }

    /// The items of a list argument.
    pub fn list(self, index: usize) -> &'a [Value] {
        if let Value::List(list) = self.get(index) { list.items() } else { &[] }
    }
}

/// The services that a running template offers to the functions that it calls.
pub trait Evaluate {
    /// Runs the template with this name, with `data` as its dot: `include`.
    ///
    /// # Errors
    /// The error of the template, an unknown name, or too many nested calls.
    fn include(&mut self, name: &Text, data: Value) -> Result<Value, FnError>;

    /// Parses a text as a template and runs it: `tpl`.
    ///
    /// # Errors
    /// The error of parsing or running it.
    fn tpl(&mut self, text: &Text, data: Value) -> Result<Value, FnError>;

    /// Notes a refusal of `required` or `fail`. Returns `false` if refusals end the render instead.
    fn note_refusal(&mut self, refused: RefusalRef<'_>) -> bool;

    /// Counts the bytes of a text, or [`ITEM`] bytes for each item of a list or map, that is about to be allocated.
    ///
    /// # Errors
    /// The budget is used up.
    fn spend(&mut self, bytes: usize) -> Result<(), FnError>;

    /// Counts the memory that a document of this length takes once it is parsed.
    ///
    /// # Errors
    /// The budget is used up.
    fn spend_parsed(&mut self, length: usize) -> Result<(), FnError> {
        self.spend(length.saturating_mul(PARSED_BYTE))
    }

    /// Counts steps of work that is out of proportion to its arguments and results.
    ///
    /// # Errors
    /// The budget is used up.
    fn work(&mut self, steps: u64) -> Result<(), FnError>;

    /// The number of steps that are left.
    fn steps_left(&self) -> u64;

    /// Counts calls that take long: generating a key, hashing a password.
    ///
    /// # Errors
    /// The budget is used up.
    fn spend_costly(&mut self, calls: u32) -> Result<(), FnError>;

    /// The number of bytes that may still be allocated, which limits the printing of a value.
    fn bytes_left(&self) -> usize;

    /// The time and the time zones.
    fn environment(&self) -> &Environment;

    /// The keys and hashes made so far.
    fn memory(&self) -> Arc<Memory>;

    /// Returns the source of randomness for the called function, which must be marked as random.
    ///
    /// # Errors
    /// The system has no randomness.
    fn random(&mut self) -> Result<Random, FnError>;
}

/// Passes the limits of a running template to sprig's functions.
pub struct Budget<'a>(pub &'a mut dyn Evaluate);

impl Limits for Budget<'_> {
    fn check_size(&mut self, bytes: usize) -> Result<(), sprig::Error> {
        self.0.spend(bytes).map_err(limit)
    }

    fn spend_items(&mut self, count: usize) -> Result<(), sprig::Error> {
        self.0.spend(count.saturating_mul(ITEM)).map_err(limit)
    }

    fn spend_work(&mut self, steps: usize) -> Result<(), sprig::Error> {
        self.0.spend(steps).map_err(limit)
    }
}

/// The cost of an item of a list or map, in bytes.
pub const ITEM: usize = 32;

/// The cost of a byte of a document that is parsed, in bytes: the values in it take several times as much memory.
const PARSED_BYTE: usize = 16;

fn limit(error: FnError) -> sprig::Error {
    match error {
        FnError::Limit(message) | FnError::Message(message) => sprig::Error::Limit(message),
        _ => sprig::Error::Limit(String::new()),
    }
}

/// A refusal of `required` or `fail`, with the chart's message.
#[derive(Debug, Clone, Copy)]
pub enum RefusalRef<'a> {
    /// `required` of nil.
    Missing(&'a str),
    /// `required` of an empty string.
    Empty(&'a str),
    /// `fail`
    Fail(&'a str),
}
