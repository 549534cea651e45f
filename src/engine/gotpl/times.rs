//! The types of Go's `time` package as values of templates.

use std::any::Any;
use std::rc::Rc;

use super::value::{Kind, Object, Value};
use crate::go::time::{Duration, Month, Time, Weekday, Zone};

/// The Go name of the type of times.
pub const TIME: &str = "time.Time";

/// The Go name of the type of time zones.
pub const LOCATION: &str = "*time.Location";

impl Object for Time {
    fn go_type(&self) -> &'static str {
        TIME
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn string(&self) -> Option<String> {
        Some(text(self.shown()))
    }

    fn go_string(&self) -> Option<String> {
        Some(Time::go_string(self))
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("wall", Value::Uint64(self.nanoseconds().into())),
            ("ext", Value::Int64(self.since_year_one())),
            ("loc", if self.zone().is_utc() { object(NilPointer(LOCATION)) } else { object(self.zone().clone()) }),
        ]
    }

    fn field(&self, _: &[u8]) -> Option<Value> {
        // The type has no exported fields.
        None
    }

    fn marshaled(&self) -> Value {
        match self.rfc3339() {
            Ok(text) => Value::str(text),
            Err(_) => Value::str(self.shown()),
        }
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Time>().is_some_and(|other| self.is_identical(other))
    }

    fn deep_equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Time>().is_some_and(|other| self.is_like(other))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Implements [`Object`] for integer types whose values have names.
macro_rules! numbers {
    ($($type:ty, $name:literal, $kind_name:literal, |$value:ident| $number:expr, $shown:expr;)*) => {
        $(impl Object for $type {
            fn go_type(&self) -> &'static str {
                $name
            }

            fn kind(&self) -> Kind {
                Kind::Int
            }

            fn kind_name(&self) -> &'static str {
                $kind_name
            }

            fn int(&self) -> Option<i64> {
                let $value = self;
                Some($number)
            }

            fn string(&self) -> Option<String> {
                let $value = self;
                Some($shown)
            }

            fn marshaled(&self) -> Value {
                let $value = self;
                Value::Int64($number)
            }

            fn equals(&self, other: &dyn Object) -> bool {
                other.as_any().downcast_ref::<$type>() == Some(self)
            }

            fn as_any(&self) -> &dyn Any {
                self
            }
        })*
    };
}

numbers! {
    Duration, "time.Duration", "int64", |value| value.0, value.to_string();
    Month, "time.Month", "int", |value| value.0, value.to_string();
    Weekday, "time.Weekday", "int", |value| *value as i64, value.name().to_owned();
}

impl Object for Zone {
    fn go_type(&self) -> &'static str {
        LOCATION
    }

    fn kind(&self) -> Kind {
        Kind::Pointer
    }

    fn string(&self) -> Option<String> {
        Some(text(self.name().to_vec()))
    }

    /// The fields that `printf` shows for verbs that do not fit: those of a fixed offset, or of a zone without transitions.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        let name = Value::str(self.name());
        let fields = |zones, transitions, start, end, current| {
            let fields = [name, zones, transitions, Value::str(""), Value::Int64(start), Value::Int64(end), current];
            ["name", "zone", "tx", "extend", "cacheStart", "cacheEnd", "cacheZone"].into_iter().zip(fields).collect()
        };
        let Some(offset) = self.fixed_offset() else {
            let none = || Value::list(Vec::new());
            return fields(none(), none(), 0, 0, object(NilPointer("*time.zone")));
        };
        let state = self.at(0);
        let zone = |go_type, kind| Struct {
            go_type,
            kind,
            fields: vec![
                ("name", Value::str(&*state.name)),
                ("offset", Value::Int(offset)),
                ("isDST", Value::Bool(false)),
            ],
        };
        let transition = Struct {
            go_type: "time.zoneTrans",
            kind: Kind::Struct,
            fields: vec![
                ("when", Value::Int64(i64::MIN)),
                ("index", Value::Uint8(0)),
                ("isstd", Value::Bool(false)),
                ("isutc", Value::Bool(false)),
            ],
        };
        let zones = Value::list(vec![object(zone("time.zone", Kind::Struct))]);
        let transitions = Value::list(vec![object(transition)]);
        fields(zones, transitions, i64::MIN, i64::MAX, object(zone("*time.zone", Kind::Pointer)))
    }

    fn field(&self, _: &[u8]) -> Option<Value> {
        None
    }

    fn json_fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    fn marshaled(&self) -> Value {
        Value::record([])
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Zone>() == Some(self)
    }

    fn deep_equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Zone>().is_some_and(|other| self.is_like(other))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A nil pointer of a named type. Only `printf` verbs reach it.
#[derive(Debug)]
struct NilPointer(&'static str);

impl Object for NilPointer {
    fn go_type(&self) -> &'static str {
        self.0
    }

    fn kind(&self) -> Kind {
        Kind::Pointer
    }

    fn is_nil(&self) -> bool {
        true
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.is_nil()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A struct inside a time zone, or a pointer to one. Only `printf` verbs reach it.
#[derive(Debug)]
struct Struct {
    go_type: &'static str,
    kind: Kind,
    fields: Vec<(&'static str, Value)>,
}

impl Object for Struct {
    fn go_type(&self) -> &'static str {
        self.go_type
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        self.fields.clone()
    }

    fn equals(&self, _: &dyn Object) -> bool {
        false
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Wraps an object in a value.
pub fn object<T: Object + 'static>(object: T) -> Value {
    Value::Object(Rc::new(object))
}

/// Returns the object in a value if it has the type `T`.
pub fn as_object<T: Object + 'static>(value: &Value) -> Option<&T> {
    match value {
        Value::Object(object) => object.as_any().downcast_ref(),
        _ => None,
    }
}
