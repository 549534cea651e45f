//! Values with what Go knows of the place they stand in.

use crate::engine::gotpl::value::Value;

/// A value where it stands: what was found in a container is of the type `interface {}` to Go, and errors say so.
#[derive(Debug, Clone, Default)]
pub(super) struct Operand {
    pub(super) value: Value,
    pub(super) is_interface: bool,
}

impl Operand {
    pub(super) fn of(value: Value) -> Operand {
        let is_interface = matches!(value, Value::Nil);
        Operand { value, is_interface }
    }

    /// The value that an interface holds; a nil interface holds nothing.
    pub(super) fn unwrapped(self) -> Value {
        if matches!(self.value, Value::Nil) { Value::Invalid } else { self.value }
    }
}
