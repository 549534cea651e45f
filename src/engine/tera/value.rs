//! Converts values to Tera's and back.

use tera::Value as TeraValue;
use tera::value::Key;

use crate::engine::sprig::cast::fits_in_i64;
use crate::yaml::{Map, Node, Value};

/// How deeply values may nest in a template. Tera prints, compares and frees values recursively, so deeper ones could
/// exhaust the stack.
pub(super) const MAX_DEPTH: usize = 1_000;

/// The error about values that nest deeper than [`MAX_DEPTH`], which templates cannot use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooDeep;

impl TooDeep {
    pub(super) fn message() -> String {
        format!("values are nested deeper than {MAX_DEPTH} levels, which templates can't handle")
    }
}

/// Converts a value for templates: whole floats (every number in a values file) become integers if they fit into `i64`.
pub(super) fn to_tera(value: &Value) -> Result<TeraValue, TooDeep> {
    convert(value, 0)
}

/// Converts a map for templates.
pub(super) fn map_to_tera(map: &Map) -> Result<TeraValue, TooDeep> {
    convert_map(map, 0)
}

/// Converts the entries of a map that are needed for templates; all entries are checked.
pub(super) fn part_to_tera(map: &Map, is_needed: impl Fn(&str) -> bool) -> Result<TeraValue, TooDeep> {
    let mut converted = tera::Map::new();
    for (key, node) in map.iter() {
        if is_needed(key) {
            converted.insert(Key::from(key.to_owned()), convert(&node.value, 1)?);
        } else {
            check_depth(&node.value, 1)?;
        }
    }
    Ok(TeraValue::from(converted))
}

fn check_depth(value: &Value, depth: usize) -> Result<(), TooDeep> {
    match value {
        Value::List(items) => {
            let depth = deeper(depth)?;
            items.iter().try_for_each(|item| check_depth(&item.value, depth))
        }
        Value::Map(map) => {
            let depth = deeper(depth)?;
            map.iter().try_for_each(|(_, node)| check_depth(&node.value, depth))
        }
        _ => Ok(()),
    }
}

fn convert(value: &Value, depth: usize) -> Result<TeraValue, TooDeep> {
    Ok(match value {
        Value::Null => TeraValue::none(),
        Value::Bool(value) => TeraValue::from(*value),
        Value::Int(number) => TeraValue::from(*number),
        Value::Float(number) => float_to_tera(*number),
        Value::String(text) => TeraValue::normal_string(text),
        Value::List(items) => {
            let depth = deeper(depth)?;
            let items: Result<Vec<TeraValue>, TooDeep> = items.iter().map(|item| convert(&item.value, depth)).collect();
            TeraValue::from(items?)
        }
        Value::Map(map) => convert_map(map, depth)?,
    })
}

fn convert_map(map: &Map, depth: usize) -> Result<TeraValue, TooDeep> {
    let depth = deeper(depth)?;
    let mut converted = tera::Map::with_capacity(map.len());
    for (key, node) in map.iter() {
        converted.insert(Key::from(key.to_owned()), convert(&node.value, depth)?);
    }
    Ok(TeraValue::from(converted))
}

fn deeper(depth: usize) -> Result<usize, TooDeep> {
    if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(TooDeep) }
}

/// Converts a float for templates: to an integer if it is whole.
pub(super) fn float_to_tera(number: f64) -> TeraValue {
    if fits_in_i64(number) && number.trunc() == number {
        TeraValue::from(number as i64)
    } else {
        TeraValue::from(number)
    }
}

/// Converts a template's value back, with generated places. Undefined becomes null, and bytes become text.
pub(super) fn from_tera(value: &TeraValue) -> Result<Value, TooDeep> {
    convert_back(value, 0)
}

fn convert_back(value: &TeraValue, depth: usize) -> Result<Value, TooDeep> {
    if let Some(text) = value.as_str() {
        return Ok(Value::String(text.to_owned()));
    }
    if let Some(map) = value.as_map() {
        let depth = deeper(depth)?;
        let mut converted = Map::new();
        for (key, value) in map {
            converted.insert(key.to_string(), Default::default(), Node::generated(convert_back(value, depth)?));
        }
        return Ok(Value::Map(converted));
    }
    if let Some(items) = value.as_array() {
        let depth = deeper(depth)?;
        let items: Result<Vec<Node>, TooDeep> =
            items.iter().map(|item| convert_back(item, depth).map(Node::generated)).collect();
        return Ok(Value::List(items?));
    }
    Ok(if let Some(value) = value.as_bool() {
        Value::Bool(value)
    } else if let Some(number) = value.as_i64() {
        Value::Int(number)
    } else if let Some(number) = value.as_number() {
        finite(number.as_float())
    } else if let Some(number) = value.as_u128() {
        finite(number as f64)
    } else if let Some(bytes) = value.as_bytes() {
        Value::String(String::from_utf8_lossy(bytes).into_owned())
    } else {
        Value::Null
    })
}

/// Converts infinite results of arithmetic to null, since Kubernetes reads no form of them in YAML or JSON.
fn finite(number: f64) -> Value {
    if number.is_finite() { Value::Float(number) } else { Value::Null }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> Value {
        (0..depth).fold(Value::Null, |inner, _| Value::List(vec![Node::generated(inner)]))
    }

    #[test]
    fn whole_floats_become_integers() {
        assert!(to_tera(&Value::Float(3.0)).unwrap().is_i64());
        assert!(to_tera(&Value::Float(1e21)).unwrap().is_f64());
        assert!(to_tera(&Value::Float(0.5)).unwrap().is_f64());
        assert!(to_tera(&Value::Float(9_223_372_036_854_775_808.0)).unwrap().is_f64());
        assert_eq!(to_tera(&Value::Float(-9_223_372_036_854_775_808.0)).unwrap().as_i64(), Some(i64::MIN));
    }

    #[test]
    fn depth_is_limited() {
        // The stack size of a program's main thread, which is larger than a test thread's.
        let on_main_stack = std::thread::Builder::new().stack_size(8 << 20).spawn(|| {
            let deep = nested(MAX_DEPTH);
            let converted = to_tera(&deep).unwrap();
            assert_eq!(from_tera(&converted).unwrap(), deep);
            assert!(converted.to_string().starts_with("[[["));
            assert_eq!(to_tera(&nested(MAX_DEPTH + 1)).unwrap_err(), TooDeep);
        });
        on_main_stack.unwrap().join().unwrap();
    }
}
