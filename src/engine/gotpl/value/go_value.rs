//! The view of template values for Go's `fmt` and for sprig's functions.

use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

use super::list::ListKind;
use super::text::Text;
use super::{Kind, Object, Value};
use crate::go::fmt::{GoValue, View};

impl GoValue for Value {
    type Key = Text;

    fn view(&self) -> View<'_, Self> {
        match self {
            Value::Invalid | Value::Nil => View::Nil,
            Value::Bool(value) => View::Bool(*value),
            Value::Int(number) | Value::Int64(number) => View::Int(*number),
            Value::Uint8(number) => View::Uint((*number).into()),
            Value::Uint64(number) => View::Uint(*number),
            Value::Float(number) => View::Float(*number),
            Value::Complex(number) => View::Complex(number.0, number.1),
            Value::Str(text) => View::String(text),
            Value::Bytes(bytes) => View::Bytes(bytes),
            Value::List(list) if list.kind() == ListKind::Bytes => View::Bytes(&[]),
            Value::List(list) => View::List(Cow::Borrowed(list.items())),
            Value::Map(map) => View::Map(map.snapshot()),
            Value::Object(object) if object.is_nil() => View::NilPointer,
            Value::Object(object) => match (object.int(), object.kind()) {
                (Some(number), _) => View::Int(number),
                (None, Kind::Pointer) => View::Pointer(Value::Object(Rc::new(Pointee(Rc::clone(object))))),
                (None, _) => View::Struct(object.fields()),
            },
        }
    }

    fn go_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(Value::go_type(self))
    }

    fn identity(&self) -> usize {
        match self {
            Value::List(list) => list.identity(),
            Value::Map(map) => map.identity(),
            _ => 0,
        }
    }

    fn string_method(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Value::Object(object) => object.string().map(|text| Cow::Owned(text.into_bytes())),
            _ => None,
        }
    }

    fn is_nil_container(&self) -> bool {
        match self {
            Value::List(list) => list.is_nil(),
            Value::Map(map) => map.is_nil(),
            _ => false,
        }
    }

    fn go_string_method(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Value::Object(object) => object.go_string().map(|text| Cow::Owned(text.into_bytes())),
            _ => None,
        }
    }

    fn kind(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.kind_name())
    }
}

/// The struct that a pointer points to: the same fields, without the methods.
#[derive(Debug)]
struct Pointee(Rc<dyn Object>);

impl Object for Pointee {
    fn go_type(&self) -> &'static str {
        let name = self.0.go_type();
        name.strip_prefix('*').unwrap_or(name)
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        self.0.fields()
    }

    fn equals(&self, _: &dyn Object) -> bool {
        false
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::map::Map;
    use super::*;
    use crate::go::fmt::{Dialect, Error, display};

    fn print(value: &Value, limit: usize) -> Result<String, Error> {
        display(value, limit, Dialect::GO).map(|text| String::from_utf8_lossy(&text).into_owned())
    }

    #[test]
    fn values_print_as_in_go() {
        let inner = Value::record([("y", Value::Nil), ("x", Value::Float(1e6))]);
        let list = Value::list(vec![Value::Int(1), Value::str("a"), inner, Value::Bool(true), Value::Float(1.5)]);
        for (value, text) in [
            (list, "[1 a map[x:1e+06 y:<nil>] true 1.5]"),
            (Value::Map(Map::new()), "map[]"),
            (Value::Bytes(b"az"[..].into()), "[97 122]"),
            (Value::Bytes([0, 9, 10, 100, 255][..].into()), "[0 9 10 100 255]"),
            (Value::Bytes([][..].into()), "[]"),
            (Value::Complex(Rc::new((2.0, 3.0))), "(2+3i)"),
            (Value::Float(-0.0), "-0"),
        ] {
            assert_eq!(print(&value, 1 << 20).as_deref(), Ok(text));
        }
    }

    #[test]
    fn printing_a_recursive_map_is_an_error() {
        let map = Map::new();
        map.insert("a".into(), Value::Map(map.clone()));
        assert_eq!(print(&Value::Map(map.clone()), 1 << 20), Err(Error::ContainsItself));
        map.remove(b"a");
    }

    #[test]
    fn repeated_maps_may_be_printed_up_to_a_limit() {
        let mut value = Value::record([("k", Value::str("v"))]);
        for _ in 0..100 {
            value = Value::list(vec![value.clone(), value]);
        }
        assert_eq!(print(&value, 1 << 16), Err(Error::TooLong));
        let mut deep = Value::Nil;
        for _ in 0..100_000 {
            deep = Value::list(vec![deep]);
        }
        assert_eq!(print(&deep, 1 << 20).map(|text| text.len()), Ok(200_005));
    }
}
