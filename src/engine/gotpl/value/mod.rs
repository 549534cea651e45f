//! The values that Go templates work with.
//!
//! A template can distinguish values that other languages treat alike: missing and nil, `int` and `int64`, `[]string`
//! and `[]interface {}`. [`Value`] keeps every difference that a function, `%T` or an error message can show.

mod bytes;
mod compare;
mod convert;
mod go_value;
mod json;
mod list;
mod map;
mod marshal;
mod pretty;
mod text;

use std::any::Any;
use std::fmt;
use std::rc::Rc;

pub use bytes::Bytes;
pub use compare::compared;
pub use convert::{from_yaml, from_yaml_map, to_yaml};
pub use json::to_json;
pub use list::{List, ListKind};
pub use map::{Entry, Map, MapKind, Watch};
pub use marshal::{MAX_DEPTH, MarshalError, Room, inner_depth};
pub use pretty::to_go_yaml;
pub use text::Text;

/// A value. Cloning is cheap, and clones of a map are the same map.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// Go's zero `reflect.Value`: the literal `nil`, or a missing value that went through a variable or parentheses.
    Invalid,
    /// A nil `interface {}`, such as the value of a missing key.
    #[default]
    Nil,
    /// `bool`
    Bool(bool),
    /// `int`: literals, lengths, indexes.
    Int(i64),
    /// `int64`: whole numbers from `--set`, results of arithmetic.
    Int64(i64),
    /// `uint8`: a byte of a string.
    Uint8(u8),
    /// `uint64`: parts of a version.
    Uint64(u64),
    /// `float64`: numbers from files.
    Float(f64),
    /// `complex128`: real and imaginary part.
    Complex(Rc<(f64, f64)>),
    /// `string`
    Str(Text),
    /// `[]uint8`
    Bytes(Bytes),
    /// A list of any other type.
    List(List),
    /// A map.
    Map(Map),
    /// A value of any other type.
    Object(Rc<dyn Object>),
}

/// Go's `reflect.Kind`, without distinctions that have no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No value, or a nil interface.
    Invalid,
    /// `bool`
    Bool,
    /// A signed integer.
    Int,
    /// An unsigned integer.
    Uint,
    /// A float.
    Float,
    /// A complex number.
    Complex,
    /// A string.
    String,
    /// A slice.
    Slice,
    /// A map.
    Map,
    /// A struct.
    Struct,
    /// A pointer to a struct.
    Pointer,
}

/// A value of a named Go type: a time, a version, a certificate, `Capabilities`. Its methods are in the table of
/// `functions/methods`, under the name of the type.
pub trait Object: fmt::Debug {
    /// The name of the type as `%T` prints it: `time.Time`, `*semver.Version`.
    fn go_type(&self) -> &'static str;

    /// The kind of the type.
    fn kind(&self) -> Kind;

    /// The name that `kindOf` returns: `struct`, `ptr`, `int64`.
    fn kind_name(&self) -> &'static str {
        match self.kind() {
            Kind::Pointer => "ptr",
            Kind::Int => "int",
            _ => "struct",
        }
    }

    /// The fields, in order, of a struct or of the struct behind a pointer.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// A field by name, of a struct or of the struct behind a pointer.
    fn field(&self, name: &[u8]) -> Option<Value> {
        self.fields().into_iter().find(|(known, _)| known.as_bytes() == name).map(|(_, value)| value)
    }

    /// The number, for types of the kind [`Kind::Int`].
    fn int(&self) -> Option<i64> {
        None
    }

    /// The result of its `String` method, if `fmt` calls one.
    fn string(&self) -> Option<String> {
        None
    }

    /// The result of its `GoString` method, if it has one.
    fn go_string(&self) -> Option<String> {
        None
    }

    /// Whether it is a nil pointer.
    fn is_nil(&self) -> bool {
        false
    }

    /// The text that `{{ .Field }}` prints, where `String` methods of pointers apply as well.
    fn printed(&self) -> Option<String> {
        self.string()
    }

    /// The value that a parameter of type `interface {}` receives, if it differs: a copied struct lacks the methods of
    /// pointers to it.
    fn as_interface_argument(&self) -> Option<Value> {
        None
    }

    /// The fields in JSON, in order and with their JSON names.
    fn json_fields(&self) -> Vec<(&'static str, Value)> {
        self.fields()
    }

    /// The value as JSON and YAML show it.
    fn marshaled(&self) -> Value {
        Value::map(self.json_fields().into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// The result of `deepCopy`, if it differs from the value: fields that are not exported are lost.
    fn deep_copy(&self) -> Option<Value> {
        None
    }

    /// Whether it equals another object of the same type, as `==` compares them.
    fn equals(&self, other: &dyn Object) -> bool;

    /// Whether it equals another object of the same type, including what pointers point to.
    fn deep_equals(&self, other: &dyn Object) -> bool {
        self.equals(other)
    }

    /// For downcasting to the concrete type.
    fn as_any(&self) -> &dyn Any;
}

impl Value {
    /// Creates a string.
    pub fn str(text: impl Into<Text>) -> Value {
        Value::Str(text.into())
    }

    /// Creates an `[]interface {}`.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(List::new(ListKind::Any, items))
    }

    /// Creates an `[]interface {}` with the capacity that appending the items one by one results in.
    pub fn appended(items: Vec<Value>) -> Value {
        Value::List(List::appended(ListKind::Any, items))
    }

    /// Creates a `[]string`.
    pub fn strings<T: Into<Text>>(texts: impl IntoIterator<Item = T>) -> Value {
        let items = texts.into_iter().map(|text| Value::Str(text.into())).collect();
        Value::List(List::new(ListKind::Strings, items))
    }

    /// Creates a `map[string]interface {}`. Of equal keys, the last one wins.
    pub fn map(entries: Vec<Entry>) -> Value {
        Value::Map(Map::from_entries(MapKind::Any, entries))
    }

    /// Creates a `map[string]interface {}` with these keys.
    pub fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
        Value::map(fields.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// The name of the type as `%T` prints it; `<nil>` for nil and missing values.
    pub fn go_type(&self) -> &'static str {
        match self {
            Value::Invalid | Value::Nil => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Int64(_) => "int64",
            Value::Uint8(_) => "uint8",
            Value::Uint64(_) => "uint64",
            Value::Float(_) => "float64",
            Value::Complex(_) => "complex128",
            Value::Str(_) => "string",
            Value::Bytes(_) => "[]uint8",
            Value::List(list) => list.kind().go_type(),
            Value::Map(map) => map.kind().go_type(),
            Value::Object(object) => object.go_type(),
        }
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Invalid | Value::Nil => Kind::Invalid,
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) | Value::Int64(_) => Kind::Int,
            Value::Uint8(_) | Value::Uint64(_) => Kind::Uint,
            Value::Float(_) => Kind::Float,
            Value::Complex(_) => Kind::Complex,
            Value::Str(_) => Kind::String,
            Value::Bytes(_) | Value::List(_) => Kind::Slice,
            Value::Map(_) => Kind::Map,
            Value::Object(object) => object.kind(),
        }
    }

    /// The name that `kindOf` returns: `int64`, `slice`, `map`; `invalid` for nil.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Value::Invalid | Value::Nil => "invalid",
            Value::Bytes(_) | Value::List(_) => "slice",
            Value::Map(_) => "map",
            Value::Object(object) => object.kind_name(),
            _ => self.go_type(),
        }
    }

    /// The length of a string or of bytes; 0 for anything else.
    pub fn text_length(&self) -> usize {
        match self {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        }
    }

    /// Whether it is nil or missing. Nil lists and maps are neither.
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Invalid | Value::Nil)
    }

    /// Whether `if` treats it as true: everything but false, zero, nil and empty values.
    pub fn is_true(&self) -> bool {
        match self {
            Value::Invalid | Value::Nil => false,
            Value::Bool(value) => *value,
            Value::Int(number) | Value::Int64(number) => *number != 0,
            Value::Uint8(number) => *number != 0,
            Value::Uint64(number) => *number != 0,
            Value::Float(number) => *number != 0.0,
            Value::Complex(number) => **number != (0.0, 0.0),
            Value::Str(_) | Value::Bytes(_) => self.text_length() > 0,
            Value::List(list) => !list.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::Object(object) => object.int() != Some(0),
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&Text> {
        if let Value::Str(text) = self { Some(text) } else { None }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = self { Some(map) } else { None }
    }

    fn is_container(&self) -> bool {
        matches!(self, Value::List(_) | Value::Map(_))
    }

    /// Whether both are the same string, number, boolean or map. Long strings are not compared.
    fn is_same(&self, other: &Value) -> bool {
        const MAX_COMPARED: usize = 1024;
        match (self, other) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) | (Value::Int64(a), Value::Int64(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            (Value::Str(a), Value::Str(b)) => a.len() <= MAX_COMPARED && a == b,
            (Value::Map(a), Value::Map(b)) => a.kind() == b.kind() && !a.is_nil() && a.identity() == b.identity(),
            _ => false,
        }
    }
}

/// A [`Value`] or [`Entry`], for [`drop_deep`].
trait Held {
    fn into_value(self) -> Value;
    fn is_container(&self) -> bool;
}

impl Held for Value {
    fn into_value(self) -> Value {
        self
    }

    fn is_container(&self) -> bool {
        Value::is_container(self)
    }
}

impl Held for Entry {
    fn into_value(self) -> Value {
        self.1
    }

    fn is_container(&self) -> bool {
        self.1.is_container()
    }
}

/// Drops values without recursion, since they may nest arbitrarily deeply.
fn drop_deep<T: Held>(held: &mut Vec<T>) {
    if !held.iter().any(Held::is_container) {
        return;
    }
    let mut rest: Vec<Value> = Vec::new();
    rest.extend(std::mem::take(held).into_iter().filter(Held::is_container).map(Held::into_value));
    while let Some(value) = rest.pop() {
        match value {
            Value::List(list) => rest.extend(list.into_unshared().into_iter().flatten().filter(Value::is_container)),
            Value::Map(map) => {
                let values = map.into_unshared().into_iter().flatten().map(|(_, value)| value);
                rest.extend(values.filter(Value::is_container));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_a_million_levels_deep_can_be_dropped() {
        let mut value = Value::Nil;
        for level in 0..1_000_000 {
            value = if level % 2 == 0 { Value::list(vec![value]) } else { Value::map(vec![("a".into(), value)]) };
        }
        drop(value);
    }

    #[test]
    fn values_stay_small() {
        assert!(size_of::<Value>() <= 24);
    }
}
