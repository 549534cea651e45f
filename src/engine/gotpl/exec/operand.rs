//! Values during evaluation, with their static type and their origin.

use crate::engine::gotpl::value::Value;

/// A value with its origin (`mark`). `is_interface` is set where the static type in Go is `interface {}`, as for an
/// element of a container; error messages name that type.
#[derive(Debug, Clone, Default)]
pub(super) struct Operand<M> {
    pub(super) value: Value,
    pub(super) is_interface: bool,
    pub(super) mark: M,
}

impl<M: Copy + Default> Operand<M> {
    /// A value that originates in the template itself.
    pub(super) fn new(value: Value) -> Operand<M> {
        Operand::marked(value, M::default())
    }

    /// A value with the origin `mark`.
    pub(super) fn marked(value: Value, mark: M) -> Operand<M> {
        let is_interface = matches!(value, Value::Nil);
        Operand { value, is_interface, mark }
    }

    /// Returns the value inside an interface. A nil interface becomes [`Value::Invalid`].
    pub(super) fn unwrapped(self) -> Operand<M> {
        let value = if matches!(self.value, Value::Nil) { Value::Invalid } else { self.value };
        Operand::marked(value, self.mark)
    }
}
