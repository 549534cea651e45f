//! Writes values as JSON text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Value;
use super::marshal::{MAX_DEPTH, MarshalError, inner_depth};
use crate::json::{Style, Writer};

/// Returns a value as JSON of at most about `bytes_left` bytes.
///
/// # Errors
/// The value nests too deeply, becomes too large (shared parts are written each time), or contains something that JSON
/// can't represent.
pub fn to_json(value: &Value, style: Style, bytes_left: usize) -> Result<String, MarshalError> {
    let mut out = Writer::new(style);
    write(value, &mut out, bytes_left, MAX_DEPTH)?;
    Ok(out.finish())
}

fn write(value: &Value, out: &mut Writer, bytes_left: usize, depth: usize) -> Result<(), MarshalError> {
    if out.len().saturating_add(value.text_length()) > bytes_left {
        return Err(MarshalError::TOO_LARGE);
    }
    let inner = inner_depth(depth);
    match value {
        Value::Invalid | Value::Nil => out.null(),
        Value::Bool(value) => out.bool(*value),
        Value::Int(number) | Value::Int64(number) => out.int((*number).into()),
        Value::Uint8(number) => out.int((*number).into()),
        Value::Uint64(number) => out.int((*number).into()),
        Value::Float(number) if number.is_finite() => out.float(*number),
        Value::Float(_) | Value::Complex(_) => return Err(MarshalError::unsupported(value)),
        Value::Str(text) => out.text(text),
        Value::Bytes(bytes) => out.text(STANDARD.encode(&**bytes).as_bytes()),
        Value::List(list) if list.is_nil() => out.null(),
        Value::List(list) => {
            let inner = inner?;
            out.open('[');
            for item in list.items() {
                out.entry();
                write(item, out, bytes_left, inner)?;
            }
            out.close(']');
        }
        Value::Map(map) if map.is_nil() => out.null(),
        Value::Map(map) => {
            let inner = inner?;
            out.open('{');
            for (key, value) in map.entries().iter().flat_map(|entries| entries.iter()) {
                out.key(key);
                write(value, out, bytes_left, inner)?;
            }
            out.close('}');
        }
        Value::Object(object) => match object.marshaled() {
            // The fields of a struct keep their order.
            Value::Map(_) => {
                let inner = inner?;
                out.open('{');
                for (name, value) in object.json_fields() {
                    out.key(name.as_bytes());
                    write(&value, out, bytes_left, inner)?;
                }
                out.close('}');
            }
            plain => write(&plain, out, bytes_left, inner?)?,
        },
    }
    Ok(())
}
