//! Values with what Go knows of the place they stand in.

use crate::engine::gotpl::value::Value;

/// A value where it stands: what was found in a container is of the type `interface {}` to Go, and errors say so. The mark
/// says where it comes from.
#[derive(Debug, Clone, Default)]
pub(super) struct Operand<M> {
    pub(super) value: Value,
    pub(super) is_interface: bool,
    pub(super) mark: M,
}

impl<M: Copy + Default> Operand<M> {
    /// A value that comes from nowhere but the template.
    pub(super) fn of(value: Value) -> Operand<M> {
        Operand::marked(value, M::default())
    }

    /// A value that comes from somewhere.
    pub(super) fn marked(value: Value, mark: M) -> Operand<M> {
        let is_interface = matches!(value, Value::Nil);
        Operand { value, is_interface, mark }
    }

    /// The value that an interface holds; a nil interface holds nothing.
    pub(super) fn unwrapped(self) -> Operand<M> {
        let value = if matches!(self.value, Value::Nil) { Value::Invalid } else { self.value };
        Operand::marked(value, self.mark)
    }
}
