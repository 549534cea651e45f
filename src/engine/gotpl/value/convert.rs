//! Converts the values of charts into template values, and template values into YAML.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Value;
use super::list::{List, ListKind};
use super::map::{Map, MapKind, Watch};
use super::marshal::{MAX_DEPTH, MarshalError, Room, inner_depth};
use crate::diagnostic::Span;
use crate::yaml;

/// Converts a value from a file or flag.
pub fn from_yaml(value: &yaml::Value) -> Value {
    converted_from(value, None)
}

/// Converts the values of a file or flag. If they are watched, `watch` notes changes of any map in them.
pub fn from_yaml_map(map: &yaml::Map, watch: Option<&Watch>) -> Map {
    let entries = map.iter().map(|(key, node)| (key.into(), from_node(node, watch)));
    Map::watched(MapKind::Any, entries.collect(), watch)
}

fn converted_from(value: &yaml::Value, watch: Option<&Watch>) -> Value {
    match value {
        yaml::Value::Null => Value::Nil,
        yaml::Value::Bool(value) => Value::Bool(*value),
        yaml::Value::Int(number) => Value::Int64(*number),
        yaml::Value::Float(number) => Value::Float(*number),
        yaml::Value::String(text) => Value::Str(text.as_str().into()),
        yaml::Value::List(items) => Value::appended(items.iter().map(|item| from_node(item, watch)).collect()),
        yaml::Value::Map(map) => Value::Map(from_yaml_map(map, watch)),
    }
}

/// Converts a value with its place, which gives access to the original bytes: they need not be UTF-8.
fn from_node(node: &yaml::Node, watch: Option<&Watch>) -> Value {
    match node.file_bytes() {
        Some(bytes) => Value::Str(bytes.into()),
        None => converted_from(&node.value, watch),
    }
}

/// Converts a value into YAML that takes at most about `bytes_left` bytes.
///
/// # Errors
/// The value nests too deeply, becomes too large (shared parts are written each time), or contains something that JSON
/// can't represent.
pub fn to_yaml(value: &Value, bytes_left: usize) -> Result<yaml::Value, MarshalError> {
    converted(value, &mut Room::new(bytes_left), MAX_DEPTH)
}

fn converted(value: &Value, room: &mut Room, depth: usize) -> Result<yaml::Value, MarshalError> {
    room.take(value.text_length())?;
    let inner = inner_depth(depth);
    Ok(match value {
        Value::Invalid | Value::Nil => yaml::Value::Null,
        Value::Bool(value) => yaml::Value::Bool(*value),
        Value::Int(number) | Value::Int64(number) => yaml::Value::Int(*number),
        Value::Uint8(number) => yaml::Value::Int((*number).into()),
        Value::Uint64(number) => i64::try_from(*number).map_or(yaml::Value::Float(*number as f64), yaml::Value::Int),
        Value::Float(number) if number.is_finite() => yaml::Value::Float(*number),
        Value::Float(_) | Value::Complex(_) => return Err(MarshalError::unsupported(value)),
        Value::Str(text) => yaml::Value::String(text.lossy().into_owned()),
        Value::Bytes(bytes) => yaml::Value::String(STANDARD.encode(&**bytes)),
        Value::List(list) if list.is_nil() => yaml::Value::Null,
        Value::List(list) => {
            let inner = inner?;
            let items = list.items().iter().map(|item| converted(item, room, inner).map(yaml::Node::generated));
            yaml::Value::List(items.collect::<Result<_, _>>()?)
        }
        Value::Map(map) if map.is_nil() => yaml::Value::Null,
        Value::Map(map) => {
            let inner = inner?;
            let mut written = yaml::Map::new();
            for (key, value) in map.entries().iter().flat_map(|entries| entries.iter()) {
                written.insert(key.lossy(), Span::generated(), yaml::Node::generated(converted(value, room, inner)?));
            }
            yaml::Value::Map(written)
        }
        Value::Object(object) => converted(&object.marshaled(), room, inner?)?,
    })
}

impl From<List> for Value {
    fn from(list: List) -> Self {
        Value::List(list)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Map(map)
    }
}

impl From<Vec<i64>> for Value {
    /// Converts to an `[]int`.
    fn from(numbers: Vec<i64>) -> Self {
        Value::List(List::appended(ListKind::Ints, numbers.into_iter().map(Value::Int).collect()))
    }
}
