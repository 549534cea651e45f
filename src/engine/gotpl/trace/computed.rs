//! Names and data of called templates that can be computed without running the part that calls them.

use crate::engine::gotpl::ast::NodeId;
use crate::engine::gotpl::value::{Text, Value};

/// A value that is computed from values that exist where a part begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Computed {
    /// This text.
    Text(Text),
    /// The value of a node.
    Node(NodeId),
    /// These texts, joined.
    Joined(Box<[Computed]>),
    /// A new map with these entries.
    Map(Box<[(Text, Computed)]>),
    /// An unknown value that contains no map.
    NoMap,
}

impl Computed {
    /// Returns the value; `None` if it is unknown. `named` returns the value of a node.
    pub fn value(&self, named: &dyn Fn(NodeId) -> Option<Value>) -> Option<Value> {
        /// Names are shorter in practice. Loops can compute them very often.
        const MAX_LENGTH: usize = 4096;
        match self {
            Computed::Text(text) => Some(Value::Str(text.clone())),
            Computed::Node(node) => named(*node),
            Computed::Joined(parts) => {
                let mut joined = Vec::new();
                for part in parts {
                    let Some(Value::Str(text)) = part.value(named) else { return None };
                    if joined.len() + text.len() > MAX_LENGTH {
                        return None;
                    }
                    joined.extend_from_slice(&text);
                }
                Some(Value::str(&joined[..]))
            }
            Computed::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| Some((key.clone(), value.value(named)?)));
                Some(Value::map(entries.collect::<Option<Vec<_>>>()?))
            }
            Computed::NoMap => Some(Value::Nil),
        }
    }
}
