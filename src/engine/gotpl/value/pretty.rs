//! Converts values for `toYamlPretty`, which uses go-yaml directly instead of going through JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::marshal::{MAX_DEPTH, MarshalError, NODE, Room, inner_depth};
use super::text::Text;
use super::{Kind, Object, Value};
use crate::go::float::format_float;
use crate::go::time::{Duration, Time};
use crate::go::utf8;
use crate::yaml::GoNode;

/// Converts a value into a go-yaml node that takes at most about `bytes_left` bytes.
///
/// # Errors
/// The value nests too deeply, becomes too large (shared parts are written each time), or contains something that YAML
/// can't represent.
pub fn to_go_yaml(value: &Value, bytes_left: usize) -> Result<GoNode, MarshalError> {
    converted(value, &mut Room::new(bytes_left), MAX_DEPTH)
}

fn converted(value: &Value, room: &mut Room, depth: usize) -> Result<GoNode, MarshalError> {
    room.take(value.text_length())?;
    let inner = inner_depth(depth);
    Ok(match value {
        Value::Invalid | Value::Nil => GoNode::Token("null".to_owned()),
        Value::Bool(value) => GoNode::Token(value.to_string()),
        Value::Int(number) | Value::Int64(number) => GoNode::Token(number.to_string()),
        Value::Uint8(number) => GoNode::Token(number.to_string()),
        Value::Uint64(number) => GoNode::Token(number.to_string()),
        Value::Float(number) => GoNode::Token(float(*number)),
        Value::Complex(_) => {
            return Err(MarshalError::Unsupported(format!("cannot marshal type: {}", value.go_type())));
        }
        Value::Str(text) => scalar(text),
        Value::Bytes(bytes) => {
            room.take(bytes.len().saturating_mul(NODE))?;
            GoNode::List(bytes.iter().map(|byte| GoNode::Token(byte.to_string())).collect())
        }
        Value::List(list) => {
            let inner = inner?;
            GoNode::List(list.items().iter().map(|item| converted(item, room, inner)).collect::<Result<_, _>>()?)
        }
        Value::Map(map) => {
            let inner = inner?;
            let entries = map.entries();
            let entries = entries.iter().flat_map(|entries| entries.iter());
            let entry = |(key, value): &(Text, Value)| {
                room.take(key.len())?;
                Ok((key.lossy().into_owned(), (scalar(key), converted(value, room, inner)?)))
            };
            GoNode::Map(entries.map(entry).collect::<Result<_, _>>()?)
        }
        Value::Object(object) => converted_object(&**object, room, inner?)?,
    })
}

fn converted_object(object: &dyn Object, room: &mut Room, depth: usize) -> Result<GoNode, MarshalError> {
    if let Some(time) = object.as_any().downcast_ref::<Time>() {
        let text = time.format(b"2006-01-02T15:04:05.999999999Z07:00");
        return Ok(GoNode::Token(utf8::to_text(&text).into_owned()));
    }
    if let Some(duration) = object.as_any().downcast_ref::<Duration>() {
        return Ok(GoNode::Text(duration.to_string()));
    }
    match object.marshaled() {
        plain if matches!(object.kind(), Kind::Struct | Kind::Pointer) && plain.as_map().is_some() => {
            let is_exported = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
            let fields = object.fields().into_iter().filter(|(name, _)| is_exported(name));
            let field = |(name, value): (&str, Value)| Ok((name.to_lowercase(), converted(&value, room, depth)?));
            Ok(GoNode::Struct(fields.map(field).collect::<Result<_, _>>()?))
        }
        plain => converted(&plain, room, depth),
    }
}

/// Converts a string. If it is not UTF-8, it becomes base64, split into lines if it is long.
fn scalar(text: &Text) -> GoNode {
    const LINE: usize = 70;
    if str::from_utf8(text).is_ok() {
        return GoNode::Text(text.lossy().into_owned());
    }
    let mut encoded = STANDARD.encode(text);
    if encoded.len() >= LINE {
        let lines = encoded.as_bytes().chunks(LINE).map(|line| format!("{}\n", utf8::to_text(line)));
        encoded = lines.collect();
    }
    GoNode::Binary(encoded)
}

fn float(number: f64) -> String {
    match number {
        _ if number.is_nan() => ".nan".to_owned(),
        _ if number.is_infinite() => if number > 0.0 { ".inf" } else { "-.inf" }.to_owned(),
        _ => format_float(number),
    }
}
