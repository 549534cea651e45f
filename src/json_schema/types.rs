//! The types of JSON Schema.

use super::instance::{Instance, View};
use super::number::Number;
use crate::yaml::{Node, Value};

/// A set of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Types(u8);

/// The types in the order in which Helm lists them.
const NAMES: [&str; 7] = ["null", "boolean", "number", "integer", "string", "array", "object"];
const NUMBER: u8 = 1 << 2;
const INTEGER: u8 = 1 << 3;

impl Types {
    /// Returns the set of one type; `None` for an unknown name.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().position(|known| *known == name).map(|at| Types(1 << at))
    }

    /// Returns the set that a `type` keyword declares, ignoring unknown names; `None` if none is known.
    pub(super) fn of_keyword(keyword: &Node) -> Option<Self> {
        let names: &[Node] = match &keyword.value {
            Value::List(names) => names,
            _ => std::slice::from_ref(keyword),
        };
        let types = names.iter().filter_map(|name| Self::named(name.value.as_str()?)).fold(0, |set, one| set | one.0);
        (types != 0).then_some(Types(types))
    }

    /// Whether an instance has one of the types; `1.0` is an integer.
    pub(super) fn contain(self, instance: Instance<'_>) -> bool {
        let own = match instance.view {
            View::Number(number) => {
                let integer = || Number::of_value(number).is_some_and(Number::is_integer);
                NUMBER | if self.0 & INTEGER != 0 && integer() { INTEGER } else { 0 }
            }
            _ => Self::named(name_of(instance)).map_or(0, |types| types.0),
        };
        self.0 & own != 0
    }

    /// Returns the names, as Helm lists them.
    pub(super) fn names(self) -> String {
        let names = NAMES.iter().enumerate().filter(|(at, _)| self.0 & (1 << at) != 0).map(|(_, name)| *name);
        names.collect::<Vec<_>>().join(" or ")
    }
}

/// Returns the name of an instance's type; a number is always `number`.
pub(super) fn name_of(instance: Instance<'_>) -> &'static str {
    match instance.view {
        View::Null => "null",
        View::Bool(_) => "boolean",
        View::Number(_) => "number",
        View::Text(_) => "string",
        View::List(_) => "array",
        View::Map(_) => "object",
    }
}
