//! Functions that decide: defaults, refusals, choices; and `tpl`, which renders a text as a template.

use tera::Value;

use super::call::{Answer, Call, Function, is_nothing, wrong_type};
use crate::engine::environment::NO_DNS;
use crate::engine::tera::failure::Failure;
use crate::engine::tera::run::Refused;
use crate::engine::tera::value::to_tera;
use crate::go::fmt::GoValue;
use crate::kubernetes::Id;
use crate::yaml;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::choosing(
        "default",
        &["given", "value"],
        "`given`, or `value` if `given` is undefined, null, false, 0, \"\", or an empty list or map.",
        default,
    ),
    Function::choosing(
        "required",
        &["value", "message"],
        "`value`; rendering fails with `message` if it is undefined, null or \"\". 0, false and empty lists are allowed.",
        required,
    ),
    Function::new("fail", &["message"], "Makes rendering fail with `message`.", fail),
    Function::new("empty", &["value"], "Whether the value is empty: one that `default` would replace.", |call| {
        Ok(Value::from(!call.value("value")?.is_true()))
    }),
    Function::choosing("coalesce", &["values"], "The first item that is not empty, or null.", coalesce),
    Function::choosing("ternary", &["test", "yes", "no"], "`yes` if `test` is true, else `no`.", ternary),
    Function::new("any", &["values"], "Whether at least one item is not empty.", |call| {
        Ok(Value::from(call.list("values")?.iter().any(|value| value.is_true())))
    }),
    Function::new("all", &["values"], "Whether no item is empty.", |call| {
        Ok(Value::from(call.list("values")?.iter().all(GoValue::is_true)))
    }),
    Function::new(
        "tpl",
        &["text", "..."],
        "The text rendered as a template with the caller's objects; further arguments are variables in it.",
        |call| call.run.render_text(call.text("text")?, call.kwargs),
    ),
    Function::new(
        "lookup",
        &["apiVersion", "kind", "namespace", "name"],
        "An object from `--lookup`, or without a name the list of all objects of the kind; otherwise an empty map, as with `helm template`.",
        lookup,
    ),
    Function::new(
        "getHostByName",
        &["name"],
        "Always \"\": the network is never used, as in Helm without `--enable-dns`.",
        |call| match call.run.needs_dns() {
            true => Err(Failure::Call(NO_DNS.to_owned())),
            false => call.text("name").map(|_| Value::from("")),
        },
    ),
];

fn lookup(call: &Call<'_>) -> Answer {
    let Some(objects) = call.run.cluster_objects() else { return Ok(Value::from(tera::Map::new())) };
    let text = |name| call.optional(name).map_or(Ok(String::new()), |_| call.text(name).map(str::to_owned));
    let (api_version, kind) = (text("apiVersion")?, text("kind")?);
    let found = objects.find(&Id { api_version, kind, namespace: text("namespace")?, name: text("name")? });
    call.check_size(found.size)?;
    Ok(to_tera(&yaml::Value::Map(found.content))?)
}

fn default(call: &Call<'_>) -> Answer {
    let (given, value) = (call.value("given")?, call.value("value")?);
    Ok(if given.is_true() { given } else { value }.clone())
}

fn required(call: &Call<'_>) -> Answer {
    let (value, message) = (call.value("value")?, call.text("message")?);
    if is_nothing(value) {
        return call.run.refuse(Refused::Missing(message.to_owned()));
    }
    if value.as_str() == Some("") {
        return call.run.refuse(Refused::Empty(message.to_owned()));
    }
    Ok(value.clone())
}

fn fail(call: &Call<'_>) -> Answer {
    call.run.refuse(Refused::Fail(call.text("message")?.to_owned()))
}

fn coalesce(call: &Call<'_>) -> Answer {
    let found = call.list("values")?.iter().find(|value| value.is_true());
    Ok(found.cloned().unwrap_or_else(Value::none))
}

fn ternary(call: &Call<'_>) -> Answer {
    let test = call.value("test")?;
    let test = test.as_bool().ok_or_else(|| wrong_type(test, "bool"))?;
    Ok(call.value(if test { "yes" } else { "no" })?.clone())
}
