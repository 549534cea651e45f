//! Values as `go::fmt` and sprig's functions look at them.

use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

use super::list::ListKind;
use super::{Kind, Object, Value};
use crate::go::fmt::{GoValue, View};

impl GoValue for Value {
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
            Value::Map(map) => {
                View::Map(map.snapshot().into_iter().map(|(key, value)| (Cow::Owned(key.to_vec()), value)).collect())
            }
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

    fn string_method(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Value::Object(object) => object.string().map(|text| Cow::Owned(text.into_bytes())),
            _ => None,
        }
    }

    fn kind(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.kind_name())
    }
}

/// What a pointer points to: a struct with the same fields, without its methods.
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
