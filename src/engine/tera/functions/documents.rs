//! Functions that write and read YAML, JSON and TOML.

use tera::Value as TeraValue;

use super::call::{Answer, Call, Failure, Function, is_nothing};
use crate::engine::sprig::documents::{
    any_from_json, from_json, from_json_array, from_toml, from_yaml, from_yaml_array, to_toml as to_toml_text,
    with_stack_for,
};
use crate::engine::tera::value::{from_tera, to_tera};
use crate::yaml::Value;
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
        "A map as TOML, keys sorted, or any other value as TOML writes it after a key.",
        to_toml,
    ),
    Function::new("mustToToml", &["value"], "The same as `toToml`.", to_toml),
    Function::new(
        "fromYaml",
        &["text"],
        "The first document of YAML text as a map; a map with the key `Error` if it is not a map.",
        |call| read(call, from_yaml),
    ),
    Function::new(
        "fromYamlArray",
        &["text"],
        "The first document of YAML text as a list; a list with the error message if it is not a list.",
        |call| read(call, from_yaml_array),
    ),
    Function::new(
        "fromJson",
        &["text"],
        "JSON text as a map; a map with the key `Error` if it is not a map.",
        |call| read(call, from_json),
    ),
    Function::new("mustFromJson", &["text"], "JSON text as a value of any type.", read_any),
    Function::new(
        "fromJsonArray",
        &["text"],
        "JSON text as a list; a list with the error message if it is not a list.",
        |call| read(call, from_json_array),
    ),
    Function::new(
        "fromToml",
        &["text"],
        "TOML text as a map; a map with the key `Error` if it is not valid.",
        |call| read(call, from_toml),
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
    to_toml_text(&argument(call)?).map(TeraValue::from).map_err(Failure::call)
}

fn read(call: &Call<'_>, read: fn(&[u8]) -> Value) -> Answer {
    let text = call.text("text")?;
    Ok(with_stack_for(text, &mut call.limits(), || to_tera(&read(text.as_bytes())))??)
}

fn read_any(call: &Call<'_>) -> Answer {
    let text = call.text("text")?;
    with_stack_for(text, &mut call.limits(), || Ok(to_tera(&any_from_json(text.as_bytes())?)?))?
}
