//! Functions that write and read YAML, JSON and TOML.

use tera::Value as TeraValue;

use super::Function;
use super::call::{Answer, Call, Failure, is_nothing};
use super::toml_format;
use crate::diagnostic::Source;
use crate::engine::tera::value::{from_tera, to_tera};
use crate::yaml::{Map, Node, Value};
use crate::{json, yaml};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toYaml", &["value"], "As YAML, keys sorted, without a final line break.", to_yaml),
    Function::new("mustToYaml", &["value"], "The same as `toYaml`.", to_yaml),
    Function::new("toYamlPretty", &["value"], "`toYaml` with lists indented below their keys.", |call| {
        Ok(TeraValue::from(yaml::write_pretty(&argument(call)?)))
    }),
    Function::new("toJson", &["value"], "As JSON on one line, keys sorted, `<`, `>` and `&` escaped.", |call| {
        to_json(call, json::write)
    }),
    Function::new("mustToJson", &["value"], "The same as `toJson`.", |call| to_json(call, json::write)),
    Function::new("toRawJson", &["value"], "`toJson` without escaping `<`, `>` and `&`.", |call| {
        to_json(call, json::write_raw)
    }),
    Function::new("mustToRawJson", &["value"], "The same as `toRawJson`.", |call| to_json(call, json::write_raw)),
    Function::new("toPrettyJson", &["value"], "As JSON on several lines.", |call| to_json(call, json::write_pretty)),
    Function::new("mustToPrettyJson", &["value"], "The same as `toPrettyJson`.", |call| {
        to_json(call, json::write_pretty)
    }),
    Function::new(
        "toToml",
        &["value"],
        "A map as TOML, keys sorted, or any other value as it stands behind a key.",
        to_toml,
    ),
    Function::new("mustToToml", &["value"], "The same as `toToml`.", to_toml),
    Function::new(
        "fromYaml",
        &["text"],
        "The map that the first document of YAML text is; a map with the key `Error` where it is none.",
        |call| read_map(call, YAML),
    ),
    Function::new(
        "fromYamlArray",
        &["text"],
        "The list that the first document of YAML text is; where it is none, a list with the complaint.",
        |call| read_list(call, YAML),
    ),
    Function::new(
        "fromJson",
        &["text"],
        "The map that JSON text holds; a map with the key `Error` where it holds none.",
        |call| read_map(call, JSON),
    ),
    Function::new("mustFromJson", &["text"], "Any value that JSON text holds.", |call| {
        let value = (JSON.read)(call.text("text")?).map_err(Failure::call)?;
        Ok(to_tera(&value)?)
    }),
    Function::new(
        "fromJsonArray",
        &["text"],
        "The list that JSON text holds; where it holds none, a list with the complaint.",
        |call| read_list(call, JSON),
    ),
    Function::new(
        "fromToml",
        &["text"],
        "The map that TOML text holds; a map with the key `Error` where it holds none.",
        |call| read_map(call, TOML),
    ),
];

fn argument(call: &Call<'_>) -> Result<Value, Failure> {
    Ok(from_tera(call.whole_value("value")?)?)
}

fn to_yaml(call: &Call<'_>) -> Answer {
    yaml::write(&argument(call)?).map(TeraValue::from).map_err(|error| Failure::call(error.to_string()))
}

fn to_json(call: &Call<'_>, write: fn(&Value) -> String) -> Answer {
    Ok(TeraValue::from(write(&argument(call)?)))
}

fn to_toml(call: &Call<'_>) -> Answer {
    if is_nothing(call.value("value")?) {
        return Err(Failure::call("toml: cannot encode nil"));
    }
    toml_format::write(&argument(call)?).map(TeraValue::from).map_err(Failure::call)
}

/// How a kind of document is read.
#[derive(Clone, Copy)]
struct Reader {
    read: fn(&str) -> Result<Value, String>,
    /// What stands before the complaint about a document of another type than the one that is asked for.
    prefix: &'static str,
}

const YAML: Reader = Reader {
    read: |text| yaml::read_document(&Source::file("", text)).map(|node| node.value).map_err(|error| error.message),
    prefix: "error unmarshaling JSON: while decoding JSON: ",
};

const JSON: Reader = Reader {
    read: |text| {
        let read = json::read(&Source::file("", text), 0..text.len());
        read.map(|node| node.value).map_err(|error| error.message)
    },
    prefix: "",
};

const TOML: Reader = Reader { read: toml_format::read, prefix: "" };

fn read_map(call: &Call<'_>, reader: Reader) -> Answer {
    let map = match (reader.read)(call.text("text")?) {
        Ok(Value::Map(map)) => Ok(map),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(other) => Err(wrong_document(&other, reader, "map[string]interface {}")),
        Err(complaint) => Err(complaint),
    };
    let map = map.unwrap_or_else(|complaint| {
        let mut map = Map::new();
        map.insert("Error", Default::default(), Node::generated(Value::String(complaint)));
        map
    });
    Ok(to_tera(&Value::Map(map))?)
}

fn read_list(call: &Call<'_>, reader: Reader) -> Answer {
    let list = match (reader.read)(call.text("text")?) {
        Ok(Value::List(list)) => Ok(list),
        Ok(Value::Null) => Ok(Vec::new()),
        Ok(other) => Err(wrong_document(&other, reader, "[]interface {}")),
        Err(complaint) => Err(complaint),
    };
    let list = list.unwrap_or_else(|complaint| vec![Node::generated(Value::String(complaint))]);
    Ok(to_tera(&Value::List(list))?)
}

fn wrong_document(value: &Value, reader: Reader, wanted: &str) -> String {
    format!("{}json: cannot unmarshal {} into Go value of type {wanted}", reader.prefix, value.type_name())
}
