//! YAML and JSON functions, which write and read documents as Helm does.

use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{
    List, ListKind, Map, MapKind, MarshalError, Value, from_yaml, to_go_yaml, to_json, to_yaml,
};
use crate::engine::sprig::documents;
use crate::json::Style;
use crate::yaml;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toYaml", &[Param::Any], |run, args| yaml(run, args, false)),
    Function::new("mustToYaml", &[Param::Any], |run, args| yaml(run, args, true)),
    Function::new("toYamlPretty", &[Param::Any], |run, args| {
        let value = to_go_yaml(args.get(0), run.bytes_left());
        written(run, true, value.map(|value| yaml::write_go_pretty(&value)))
    }),
    Function::new("toJson", &[Param::Any], |run, args| json(run, args, false, Style::Compact)),
    Function::new("mustToJson", &[Param::Any], |run, args| json(run, args, true, Style::Compact)),
    Function::new("toRawJson", &[Param::Any], |run, args| json(run, args, true, Style::Raw)),
    Function::new("mustToRawJson", &[Param::Any], |run, args| json(run, args, true, Style::Raw)),
    Function::new("toPrettyJson", &[Param::Any], |run, args| json(run, args, false, Style::Pretty)),
    Function::new("mustToPrettyJson", &[Param::Any], |run, args| json(run, args, true, Style::Pretty)),
    Function::new("fromYaml", &[Param::Str], |run, args| read(run, args, documents::from_yaml)),
    Function::new("fromYamlArray", &[Param::Str], |run, args| read(run, args, documents::from_yaml_array)),
    Function::new("fromJson", &[Param::Str], |run, args| {
        Ok(if is_null(&args) { Value::Map(Map::nil(MapKind::Any)) } else { read(run, args, documents::from_json)? })
    }),
    Function::new("fromJsonArray", &[Param::Str], |run, args| {
        Ok(if is_null(&args) {
            Value::List(List::nil(ListKind::Any))
        } else {
            read(run, args, documents::from_json_array)?
        })
    }),
    Function::new("mustFromJson", &[Param::Str], |run, args| {
        run.spend_parsed(args.bytes(0).len())?;
        Ok(from_yaml(&documents::any_from_json(args.bytes(0))?))
    }),
];

/// Writes a value as YAML. If that is impossible, the result is empty, or an error with `must`.
fn yaml(run: &mut dyn Evaluate, args: Args<'_>, must: bool) -> Result<Value, FnError> {
    let plain = to_yaml(args.get(0), run.bytes_left()).map_err(|error| match error {
        MarshalError::Unsupported(message) => {
            MarshalError::Unsupported(format!("error marshaling into JSON: {message}"))
        }
        limit => limit,
    });
    let write = |value| yaml::write(&value).map_err(|error| MarshalError::Unsupported(error.to_string()));
    written(run, must, plain.and_then(write))
}

/// Writes a value as JSON. If that is impossible, the result is empty, or an error with `must`.
fn json(run: &mut dyn Evaluate, args: Args<'_>, must: bool, style: Style) -> Result<Value, FnError> {
    let text = to_json(args.get(0), style, run.bytes_left());
    written(run, must, text)
}

fn written(run: &mut dyn Evaluate, must: bool, text: Result<String, MarshalError>) -> Result<Value, FnError> {
    match text {
        Ok(text) => {
            run.spend(text.len())?;
            Ok(Value::str(text))
        }
        Err(MarshalError::Unsupported(_)) if !must => Ok(Value::str("")),
        Err(error) => Err(error.into()),
    }
}

/// Whether the argument is JSON's null, which Go reads as a nil map or list.
fn is_null(args: &Args<'_>) -> bool {
    args.str(0).trim_matches([' ', '\t', '\n', '\r']) == "null"
}

/// Reads a document. An error in it becomes part of the result.
fn read(run: &mut dyn Evaluate, args: Args<'_>, read: fn(&[u8]) -> yaml::Value) -> Result<Value, FnError> {
    run.spend_parsed(args.bytes(0).len())?;
    Ok(from_yaml(&read(args.bytes(0))))
}
