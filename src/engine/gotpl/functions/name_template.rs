//! The functions of `--name-template`: sprig's, without the changes that Helm makes for charts.

use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Text, Value, from_yaml};
use crate::engine::sprig::documents;
use crate::go::expand::expand;

/// Functions of charts that do not exist here, or that [`FUNCTIONS`] replaces.
pub(super) const LACKING: &[&str] = &[
    "include",
    "tpl",
    "required",
    "lookup",
    "toYaml",
    "mustToYaml",
    "toYamlPretty",
    "fromYaml",
    "fromYamlArray",
    "fromJsonArray",
    "toToml",
    "mustToToml",
    "fromToml",
    "fail",
    "fromJson",
];

/// Functions that charts do not have, or that differ from those of charts.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("fail", &[Param::Str], |_, args| Err(FnError::new(args.str(0)))),
    Function::new("fromJson", &[Param::Str], |run, args| {
        run.spend_parsed(args.bytes(0).len())?;
        Ok(documents::any_from_json(args.bytes(0)).map_or(Value::Nil, |value| from_yaml(&value)))
    }),
    Function::new("env", &[Param::Str], |run, args| Ok(Value::Str(variable(run, args.bytes(0))))),
    Function::new("expandenv", &[Param::Str], expandenv),
];

/// A variable of the environment; empty if it is not set.
fn variable(run: &dyn Evaluate, name: &[u8]) -> Text {
    let value = run.environment().variables.as_ref().and_then(|variables| variables(&String::from_utf8_lossy(name)));
    value.map_or_else(Text::default, |value| Text::from(value.as_str()))
}

fn expandenv(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    run.spend(args.bytes(0).len())?;
    let expanded = expand(args.bytes(0), |name| {
        let value = variable(run, name).to_vec();
        run.spend(value.len()).map(|()| value)
    })?;
    Ok(Value::Str(Text::from(expanded)))
}
