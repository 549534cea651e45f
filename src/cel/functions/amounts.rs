//! Kubernetes' functions on quantities and versions.

use std::cmp::Ordering;
use std::sync::Arc;

use super::function::{Function, global, member, no_overload, text};
use crate::cel::error::Error;
use crate::cel::quantity::Quantity;
use crate::cel::run::Run;
use crate::cel::value::Value;

pub(super) const TABLE: &[Function] = &[
    global("quantity", &["string -> kubernetes.Quantity"], |arguments, run| {
        match Quantity::parse(text(&arguments[0], run)?) {
            Some(quantity) => Ok(Value::Quantity(Arc::new(quantity))),
            None => Err(Error::fails(
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            )),
        }
    }),
    global("isQuantity", &["string -> bool"], |arguments, run| {
        Ok(Value::Bool(Quantity::parse(text(&arguments[0], run)?).is_some()))
    }),
    global("sign", &["kubernetes.Quantity -> int"], |arguments, _| Ok(Value::Int(quantity(&arguments[0])?.sign()))),
    member("isInteger", &["kubernetes.Quantity -> bool"], |arguments, _| {
        Ok(Value::Bool(quantity(&arguments[0])?.as_int().is_some()))
    }),
    member("asInteger", &["kubernetes.Quantity -> int"], |arguments, _| match quantity(&arguments[0])?.as_int() {
        Some(number) => Ok(Value::Int(number)),
        None => Err(Error::fails("cannot convert value to integer")),
    }),
    member("asApproximateFloat", &["kubernetes.Quantity -> double"], |arguments, _| {
        Ok(Value::Double(quantity(&arguments[0])?.as_float()))
    }),
    member(
        "add",
        &[
            "kubernetes.Quantity, kubernetes.Quantity -> kubernetes.Quantity",
            "kubernetes.Quantity, int -> kubernetes.Quantity",
        ],
        |arguments, _| calculated(arguments, Quantity::plus),
    ),
    member(
        "sub",
        &[
            "kubernetes.Quantity, kubernetes.Quantity -> kubernetes.Quantity",
            "kubernetes.Quantity, int -> kubernetes.Quantity",
        ],
        |arguments, _| calculated(arguments, Quantity::minus),
    ),
    member(
        "compareTo",
        &["kubernetes.Quantity, kubernetes.Quantity -> int", "kubernetes.Semver, kubernetes.Semver -> int"],
        |arguments, _| {
            Ok(Value::Int(match order(arguments)? {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            }))
        },
    ),
    member(
        "isGreaterThan",
        &["kubernetes.Quantity, kubernetes.Quantity -> bool", "kubernetes.Semver, kubernetes.Semver -> bool"],
        |arguments, _| Ok(Value::Bool(order(arguments)? == Ordering::Greater)),
    ),
    member(
        "isLessThan",
        &["kubernetes.Quantity, kubernetes.Quantity -> bool", "kubernetes.Semver, kubernetes.Semver -> bool"],
        |arguments, _| Ok(Value::Bool(order(arguments)? == Ordering::Less)),
    ),
    global("semver", &["string -> kubernetes.Semver", "string, bool -> kubernetes.Semver"], |arguments, run| {
        match version(arguments, run)? {
            Some(version) => Ok(Value::Semver(Arc::new(version))),
            None => {
                let has_parts = text(&arguments[0], run)?.splitn(3, '.').count() == 3;
                let wrong = if has_parts { "invalid semantic version" } else { "No Major.Minor.Patch elements found" };
                Err(Error::fails(wrong))
            }
        }
    }),
    global("isSemver", &["string -> bool", "string, bool -> bool"], |arguments, run| {
        Ok(Value::Bool(version(arguments, run)?.is_some()))
    }),
    member("major", &["kubernetes.Semver -> int"], |arguments, _| number(arguments, |version| version.major)),
    member("minor", &["kubernetes.Semver -> int"], |arguments, _| number(arguments, |version| version.minor)),
    member("patch", &["kubernetes.Semver -> int"], |arguments, _| number(arguments, |version| version.patch)),
];

fn quantity<'v>(value: &'v Value<'_>) -> Result<&'v Quantity, Error> {
    match value {
        Value::Quantity(quantity) => Ok(quantity),
        _ => no_overload(),
    }
}

fn calculated<'a>(arguments: &[Value<'a>], with: fn(&Quantity, &Quantity) -> Quantity) -> Result<Value<'a>, Error> {
    let left = quantity(&arguments[0])?;
    let result = match &arguments[1] {
        Value::Int(number) => with(left, &Quantity::of_int(*number)),
        other => with(left, quantity(other)?),
    };
    Ok(Value::Quantity(Arc::new(result)))
}

fn order(arguments: &[Value<'_>]) -> Result<Ordering, Error> {
    match arguments {
        [Value::Quantity(a), Value::Quantity(b)] => Ok(a.compare(b)),
        [Value::Semver(a), Value::Semver(b)] => Ok(a.cmp_precedence(b)),
        _ => no_overload(),
    }
}

fn version(arguments: &[Value<'_>], run: &mut Run<'_>) -> Result<Option<semver::Version>, Error> {
    let text = text(&arguments[0], run)?;
    match arguments.get(1) {
        None | Some(Value::Bool(false)) => Ok(semver::Version::parse(text).ok()),
        Some(Value::Bool(true)) => Ok(normal(text).and_then(|text| semver::Version::parse(&text).ok())),
        Some(_) => no_overload(),
    }
}

/// Normalizes a version: removes a leading `v` and leading zeros, and adds missing numbers up to three.
fn normal(text: &str) -> Option<String> {
    let mut parts: Vec<String> = text.strip_prefix('v').unwrap_or(text).splitn(3, '.').map(str::to_owned).collect();
    for part in parts.iter_mut().filter(|part| part.len() > 1) {
        let short = part.trim_start_matches('0');
        *part = if short.starts_with(|c: char| c.is_ascii_digit()) { short.to_owned() } else { format!("0{short}") };
    }
    if parts.len() < 3 && parts.last()?.contains(['+', '-']) {
        return None;
    }
    parts.resize(3, "0".to_owned());
    Some(parts.join("."))
}

fn number<'a>(arguments: &[Value<'a>], part: fn(&semver::Version) -> u64) -> Result<Value<'a>, Error> {
    match &arguments[0] {
        Value::Semver(version) => Ok(Value::Int(i64::try_from(part(version)).unwrap_or(i64::MAX))),
        _ => no_overload(),
    }
}
