//! The methods of values. The receiver is the first argument, in front of the parameters.

use std::borrow::Cow;

use super::{semver, time_methods};
use crate::engine::gotpl::call::{Args, Budget, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Bytes, Map, MapKind, Text, Value, to_yaml};
use crate::engine::sprig;
use crate::engine::sprig::files::{self, PathPattern};
use crate::yaml;

/// Returns a method by the Go name of the type and its own.
pub fn method(type_name: &str, name: &[u8]) -> Option<&'static Function> {
    let of_pointer = if type_name == "*semver.Version" { semver::POINTER_METHODS } else { &[] };
    let methods = match type_name {
        "engine.files" => FILES,
        "common.Values" => VALUES,
        "common.VersionSet" => VERSIONS,
        "common.KubeVersion" => KUBE_VERSION,
        "time.Time" => time_methods::TIMES,
        "time.Duration" => time_methods::DURATIONS,
        "time.Month" => time_methods::MONTHS,
        "time.Weekday" => time_methods::WEEKDAYS,
        "*time.Location" => time_methods::LOCATIONS,
        "*semver.Version" | "semver.Version" => semver::METHODS,
        _ => return None,
    };
    of_pointer.iter().chain(methods).find(|method| method.name.as_bytes() == name)
}

const FILES: &[Function] = &[
    Function::new("Get", &[Param::Str], |run, args| {
        let bytes = file(args);
        run.spend(bytes.len())?;
        Ok(Value::Str(bytes.text().clone()))
    }),
    Function::new("GetBytes", &[Param::Str], |_, args| Ok(Value::Bytes(file(args)))),
    Function::new("Lines", &[Param::Str], lines),
    Function::new("Glob", &[Param::Str], glob),
    Function::new("AsConfig", &[], |run, args| as_yaml(args, run, |all| files::as_config(all))),
    Function::new("AsSecrets", &[], |run, args| as_yaml(args, run, |all| files::as_secrets(all))),
];

const VALUES: &[Function] = &[
    Function::new("AsMap", &[], |_, args| Ok(Value::Map(args.map(0).with_kind(MapKind::Any)))),
    Function::new("YAML", &[], |run, args| {
        let plain = to_yaml(args.get(0), run.bytes_left());
        let text = plain.ok().and_then(|value| yaml::write(&value).ok()).unwrap_or_default();
        Ok(Value::str(text + "\n"))
    }),
    Function::new("Table", &[Param::Str], |_, args| {
        let mut table = args.map(0);
        for key in args.bytes(1).split(|byte| *byte == b'.') {
            match table.get(key) {
                Some(Value::Map(map)) => table = map,
                _ => {
                    let key = crate::go::strconv::quote_double(&String::from_utf8_lossy(key));
                    return Err(FnError::new(format!("{key} is not a table")));
                }
            }
        }
        Ok(Value::Map(table.with_kind(MapKind::Values)))
    }),
];

const VERSIONS: &[Function] = &[Function::new("Has", &[Param::Str], |run, args| {
    let wanted = args.bytes(1);
    let is_served = args.list(0).iter().any(|version| version.as_str().is_some_and(|known| **known == *wanted));
    if !is_served && let Some(missing) = &run.environment().missing_versions {
        missing.note(&String::from_utf8_lossy(wanted));
    }
    Ok(Value::Bool(is_served))
})];

const KUBE_VERSION: &[Function] = &[Function::new("String", &[], |_, args| match args.get(0) {
    Value::Object(version) => Ok(Value::str(version.printed().unwrap_or_default())),
    _ => Ok(Value::str("")),
})];

fn file(args: Args<'_>) -> Bytes {
    match args.map(0).get(args.bytes(1)) {
        Some(Value::Bytes(bytes)) => bytes,
        _ => Bytes::from(&[][..]),
    }
}

fn lines(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let Some(Value::Bytes(content)) = args.map(0).get(args.bytes(1)) else {
        return Ok(Value::strings(Vec::<Text>::new()));
    };
    if content.is_empty() {
        return Err("runtime error: index out of range [-1]".into());
    }
    let lines = files::lines(&content, &mut Budget(run))?;
    run.spend(content.len())?;
    Ok(Value::strings(lines))
}

/// The files whose paths match a pattern; all of them if the pattern is malformed.
fn glob(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let pattern = PathPattern::parse(&args.str(1))?;
    let mut found = Vec::new();
    for (path, content) in args.map(0).snapshot() {
        if pattern.matches(&path.lossy(), &mut Budget(run))? {
            found.push((path, content));
        }
    }
    Ok(Value::Map(Map::from_entries(MapKind::Files, found)))
}

/// Writes files, given as paths and contents.
type WriteFiles = for<'f> fn(Vec<(&'f str, &'f [u8])>) -> Result<String, sprig::Error>;

/// Writes files as a YAML map with their base names as keys.
fn as_yaml(args: Args<'_>, run: &mut dyn Evaluate, write: WriteFiles) -> Result<Value, FnError> {
    let entries = args.map(0).snapshot();
    let files: Vec<(Cow<'_, str>, &[u8])> = entries
        .iter()
        .filter_map(|(path, content)| match content {
            Value::Bytes(bytes) => Some((path.lossy(), &**bytes)),
            _ => None,
        })
        .collect();
    run.spend(files.iter().map(|(_, bytes)| bytes.len().saturating_mul(2)).sum())?;
    match write(files.iter().map(|(path, bytes)| (&**path, *bytes)).collect()) {
        // Helm returns an empty string if the files can't be written as YAML.
        Err(sprig::Error::Call(_)) => Ok(Value::str("")),
        written => Ok(Value::str(written?)),
    }
}
