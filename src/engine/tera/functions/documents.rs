//! Functions that write and read YAML, JSON and TOML.

use tera::Value as TeraValue;

use super::Function;
use super::call::{Answer, Call, Failure, is_nothing};
use super::toml_format;
use crate::diagnostic::{Diagnostic, Source};
use crate::engine::tera::value::{from_tera, to_tera};
use crate::yaml::{Map, Node, Value};
use crate::{json, yaml};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toYaml", &["value"], "As YAML, keys sorted, without a final line break.", to_yaml),
    Function::new("mustToYaml", &["value"], "The same as `toYaml`.", to_yaml),
    Function::new("toJson", &["value"], "As JSON on one line, keys sorted, `<`, `>` and `&` escaped.", |call| {
        Ok(TeraValue::from(json::write(&argument(call)?)))
    }),
    Function::new("mustToJson", &["value"], "The same as `toJson`.", |call| {
        Ok(TeraValue::from(json::write(&argument(call)?)))
    }),
    Function::new("toRawJson", &["value"], "`toJson` without escaping `<`, `>` and `&`.", |call| {
        Ok(TeraValue::from(json::write_raw(&argument(call)?)))
    }),
    Function::new("mustToRawJson", &["value"], "The same as `toRawJson`.", |call| {
        Ok(TeraValue::from(json::write_raw(&argument(call)?)))
    }),
    Function::new("toPrettyJson", &["value"], "As JSON on several lines.", |call| {
        Ok(TeraValue::from(json::write_pretty(&argument(call)?)))
    }),
    Function::new("mustToPrettyJson", &["value"], "The same as `toPrettyJson`.", |call| {
        Ok(TeraValue::from(json::write_pretty(&argument(call)?)))
    }),
    Function::new("toToml", &["value"], "A map as TOML, keys sorted.", to_toml),
    Function::new("mustToToml", &["value"], "The same as `toToml`.", to_toml),
    Function::new("fromYaml", &["text"], "The map that YAML text holds; a map with the key `Error` where it holds none.", |call| {
        read_map(call, |source| yaml::read_document(source))
    }),
    Function::new("fromYamlArray", &["text"], "The list that YAML text holds; where it holds none, a list with the complaint.", |call| {
        read_list(call, |source| yaml::read_document(source))
    }),
    Function::new("fromJson", &["text"], "The map that JSON text holds; a map with the key `Error` where it holds none.", |call| {
        read_map(call, |source| yaml::read_document(source))
    }),
    Function::new("mustFromJson", &["text"], "Any value that JSON text holds.", must_from_json),
    Function::new("fromJsonArray", &["text"], "The list that JSON text holds; where it holds none, a list with the complaint.", |call| {
        read_list(call, |source| yaml::read_document(source))
    }),
    Function::new("fromToml", &["text"], "The map that TOML text holds; a map with the key `Error` where it holds none.", |call| {
        Ok(to_tera(&toml_format::read(call.text("text")?).unwrap_or_else(error_map))?)
    }),
];

fn argument(call: &Call<'_>) -> Result<Value, Failure> {
    Ok(from_tera(call.value("value")?)?)
}

fn to_yaml(call: &Call<'_>) -> Answer {
    yaml::write(&argument(call)?).map(TeraValue::from).map_err(|error| Failure::call(error.to_string()))
}

fn to_toml(call: &Call<'_>) -> Answer {
    let value = call.value("value")?;
    if is_nothing(value) {
        return Err(Failure::call("toml: cannot encode nil"));
    }
    toml_format::write(&argument(call)?).map(TeraValue::from).map_err(Failure::call)
}

fn read_map(call: &Call<'_>, read: fn(&Source) -> Result<Node, Diagnostic>) -> Answer {
    let value = match read(&Source::file("", call.text("text")?)) {
        Ok(node) => match node.value {
            Value::Map(_) => node.value,
            Value::Null => Value::Map(Map::new()),
            other => error_map(unmarshal_error(&other, "map[string]interface {}")),
        },
        Err(error) => error_map(error.message),
    };
    Ok(to_tera(&value)?)
}

fn read_list(call: &Call<'_>, read: fn(&Source) -> Result<Node, Diagnostic>) -> Answer {
    let complaint = |text: String| Value::List(vec![Node::generated(Value::String(text))]);
    let value = match read(&Source::file("", call.text("text")?)) {
        Ok(node) => match node.value {
            Value::List(_) => node.value,
            Value::Null => Value::List(Vec::new()),
            other => complaint(unmarshal_error(&other, "[]interface {}")),
        },
        Err(error) => complaint(error.message),
    };
    Ok(to_tera(&value)?)
}

fn must_from_json(call: &Call<'_>) -> Answer {
    let node = yaml::read_document(&Source::file("", call.text("text")?)).map_err(|error| Failure::call(error.message))?;
    Ok(to_tera(&node.value)?)
}

fn unmarshal_error(value: &Value, into: &str) -> String {
    format!("json: cannot unmarshal {} into Go value of type {into}", value.type_name())
}

fn error_map(message: String) -> Value {
    let mut map = Map::new();
    map.insert("Error", Default::default(), Node::generated(Value::String(message)));
    Value::Map(map)
}
