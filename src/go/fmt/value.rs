//! The interface through which functions print, compare and convert Go values of any Rust type.

use std::borrow::Cow;
use std::fmt::Debug;

/// A Go value, whatever its type in Rust. It must be cheap to clone: functions clone elements of lists and maps.
pub trait GoValue: Clone {
    /// A key of a map.
    type Key: AsRef<[u8]> + Clone + Debug;

    /// Returns the kind of value with its content.
    fn view(&self) -> View<'_, Self>;

    /// Returns the name of its type as `%T` prints it: `<nil>`, `int64`, `[]interface {}`, `*semver.Version`.
    fn go_type(&self) -> Cow<'_, str>;

    /// Returns the address that identifies a list or map shared by several values, or 0 if the value cannot contain
    /// itself.
    fn identity(&self) -> usize {
        0
    }

    /// Returns the result of its `String` or `Error` method, if the type has one.
    fn string_method(&self) -> Option<Cow<'_, [u8]>> {
        None
    }

    /// Whether it is a nil slice or map.
    fn is_nil_container(&self) -> bool {
        false
    }

    /// Returns the result of its `GoString` method, which `%#v` prints, if the type has one.
    fn go_string_method(&self) -> Option<Cow<'_, [u8]>> {
        None
    }

    /// Whether templates treat it as true (`template.IsTrue`): not nil, false, 0 or empty. Structs are always true.
    fn is_true(&self) -> bool {
        match self.view() {
            View::Nil => false,
            View::Bool(truth) => truth,
            View::Int(number) => number != 0,
            View::Uint(number) => number != 0,
            View::Float(number) => number != 0.0,
            View::Complex(real, imaginary) => real != 0.0 || imaginary != 0.0,
            View::String(bytes) | View::Bytes(bytes) => !bytes.is_empty(),
            View::List(items) => !items.is_empty(),
            View::Map(entries) => !entries.is_empty(),
            View::Struct(_) | View::Pointer(_) | View::Func => true,
            View::NilPointer => false,
        }
    }

    /// Returns the name of its kind in Go's `reflect`: `invalid`, `int64`, `slice`, `map`, `ptr`.
    fn kind(&self) -> Cow<'_, str> {
        let number = |prefix: &str, of_named_types: &'static str| {
            let name = self.go_type();
            if name.starts_with(prefix) { name } else { Cow::Borrowed(of_named_types) }
        };
        Cow::Borrowed(match self.view() {
            View::Nil => "invalid",
            View::Bool(_) => "bool",
            View::Int(_) => return number("int", "int64"),
            View::Uint(_) => return number("uint", "uint64"),
            View::Float(_) => "float64",
            View::Complex(..) => "complex128",
            View::String(_) => "string",
            View::Bytes(_) | View::List(_) => "slice",
            View::Map(_) => "map",
            View::Struct(_) => "struct",
            View::Pointer(_) | View::NilPointer => "ptr",
            View::Func => "func",
        })
    }
}

/// The content of a value. Elements are cloned if the value cannot lend them.
#[derive(Debug, Clone)]
pub enum View<'a, V: GoValue> {
    /// `nil`: an interface without a value.
    Nil,
    /// A boolean.
    Bool(bool),
    /// A signed integer of any size.
    Int(i64),
    /// An unsigned integer of any size.
    Uint(u64),
    /// A `float64`.
    Float(f64),
    /// A `complex128`: its real and its imaginary part.
    Complex(f64, f64),
    /// A string: bytes, which need not be UTF-8.
    String(&'a [u8]),
    /// A `[]byte`.
    Bytes(&'a [u8]),
    /// A slice or an array.
    List(Cow<'a, [V]>),
    /// A map with string keys, sorted by key.
    Map(Vec<(V::Key, V)>),
    /// A struct: the names and values of its fields, in order.
    Struct(Vec<(&'static str, V)>),
    /// A pointer to a value.
    Pointer(V),
    /// A pointer to nothing.
    NilPointer,
    /// A function, a channel, or anything else that prints only as an address.
    Func,
}

impl<V: GoValue> View<'_, V> {
    /// Whether it is a list, a map or a struct, which a pointer to it prints in full.
    pub(super) fn holds_others(&self) -> bool {
        matches!(self, View::List(_) | View::Map(_) | View::Struct(_))
    }
}
