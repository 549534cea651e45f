//! YAML and JSON, written and read as Helm does.

use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{List, ListKind, Map, MapKind, NoPlainForm, Value, from_yaml, to_yaml};
use crate::engine::sprig::{documents, toml};
use crate::{json, yaml};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toYaml", &[Param::Any], |run, args| written(run, args, false, yaml_text)),
    Function::new("mustToYaml", &[Param::Any], |run, args| written(run, args, true, yaml_text)),
    Function::new("toYamlPretty", &[Param::Any], |run, args| {
        written(run, args, false, |value| Ok(yaml::write_pretty(value)))
    }),
    Function::new("toJson", &[Param::Any], |run, args| written(run, args, false, |value| Ok(json::write(value)))),
    Function::new("mustToJson", &[Param::Any], |run, args| written(run, args, true, |value| Ok(json::write(value)))),
    Function::new("toRawJson", &[Param::Any], |run, args| written(run, args, true, |value| Ok(json::write_raw(value)))),
    Function::new("mustToRawJson", &[Param::Any], |run, args| {
        written(run, args, true, |value| Ok(json::write_raw(value)))
    }),
    Function::new("toPrettyJson", &[Param::Any], |run, args| {
        written(run, args, false, |value| Ok(json::write_pretty(value)))
    }),
    Function::new("mustToPrettyJson", &[Param::Any], |run, args| {
        written(run, args, true, |value| Ok(json::write_pretty(value)))
    }),
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
        run.spend(args.bytes(0).len().saturating_mul(NODE))?;
        Ok(from_yaml(&documents::any_from_json(&args.str(0))?))
    }),
    Function::new("toToml", &[Param::Any], |run, args| to_toml(run, args)),
    Function::new("mustToToml", &[Param::Any], |run, args| to_toml(run, args)),
    Function::new("fromToml", &[Param::Str], |run, args| read(run, args, documents::from_toml)),
];

/// What a byte of a document costs once it is read.
const NODE: usize = 16;

fn yaml_text(value: &yaml::Value) -> Result<String, String> {
    yaml::write(value).map_err(|error| error.to_string())
}

/// A value as text. Without `must` what has no such form gives "".
fn written(
    run: &mut dyn Evaluate,
    args: Args<'_>,
    must: bool,
    write: fn(&yaml::Value) -> Result<String, String>,
) -> Result<Value, FnError> {
    let text = match to_yaml(args.get(0), run.room()) {
        Ok(value) => write(&value),
        Err(NoPlainForm::Limit(message)) => return Err(FnError::Limit(message.to_owned())),
        Err(NoPlainForm::Unsupported(message)) => Err(message),
    };
    match text {
        Ok(text) => {
            run.spend(text.len())?;
            Ok(Value::str(text))
        }
        Err(message) if must => Err(FnError::Message(message)),
        Err(_) => Ok(Value::str("")),
    }
}

/// TOML; what it can't hold gives the message, and nil is an error even so.
fn to_toml(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    if args.get(0).is_nil() {
        return Err("reflect: call of reflect.Value.Type on zero Value".into());
    }
    if args.get(0).as_map().is_some_and(Map::is_nil) {
        return Ok(Value::str(""));
    }
    let value = match to_yaml(args.get(0), run.room()) {
        Ok(value) => value,
        Err(NoPlainForm::Limit(message)) => return Err(FnError::Limit(message.to_owned())),
        Err(NoPlainForm::Unsupported(message)) => return Ok(Value::str(message)),
    };
    let text = toml::write(&value).unwrap_or_else(|message| message);
    run.spend(text.len())?;
    Ok(Value::str(text))
}

/// Whether the argument is JSON's null, which makes a nil map or list in Go.
fn is_null(args: &Args<'_>) -> bool {
    args.str(0).trim_matches([' ', '\t', '\n', '\r']) == "null"
}

/// A document read; what is wrong with it becomes part of the result.
fn read(run: &mut dyn Evaluate, args: Args<'_>, read: fn(&str) -> yaml::Value) -> Result<Value, FnError> {
    run.spend(args.bytes(0).len().saturating_mul(NODE))?;
    Ok(from_yaml(&read(&args.str(0))))
}
