//! Values of Go's package `time`.

use std::any::Any;
use std::rc::Rc;

use super::value::{Kind, Object, Value};
use crate::go::time::{Duration, Month, Time, Weekday, Zone};

/// The name of the type of times.
pub const TIME: &str = "time.Time";

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

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("wall", Value::Uint64(self.nanoseconds().into())),
            ("ext", Value::Int64(self.since_year_one())),
            ("loc", object(self.zone().clone())),
        ]
    }

    fn field(&self, _: &[u8]) -> Option<Value> {
        // None of them is exported.
        None
    }

    fn plain(&self) -> Value {
        match self.rfc3339() {
            Ok(text) => Value::str(text),
            Err(_) => Value::str(self.shown()),
        }
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Time>().is_some_and(|other| self.is_identical(other))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A type of numbers with names.
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

            fn plain(&self) -> Value {
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
        "*time.Location"
    }

    fn kind(&self) -> Kind {
        Kind::Pointer
    }

    fn string(&self) -> Option<String> {
        Some(text(self.name().to_vec()))
    }

    /// Those of a zone without a file, which is what verbs that do not fit times are compared on.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        let nothing = || Value::list(Vec::new());
        vec![
            ("name", Value::str(self.name())),
            ("zone", nothing()),
            ("tx", nothing()),
            ("extend", Value::str("")),
            ("cacheStart", Value::Int64(0)),
            ("cacheEnd", Value::Int64(0)),
            ("cacheZone", Value::Nil),
        ]
    }

    fn field(&self, _: &[u8]) -> Option<Value> {
        None
    }

    fn json_fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    fn plain(&self) -> Value {
        Value::record([])
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Zone>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A value of one of these types.
pub fn object<T: Object + 'static>(object: T) -> Value {
    Value::Object(Rc::new(object))
}

/// The object of a type that a value is.
pub fn as_object<T: Object + 'static>(value: &Value) -> Option<&T> {
    match value {
        Value::Object(object) => object.as_any().downcast_ref(),
        _ => None,
    }
}
