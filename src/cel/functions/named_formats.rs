//! Kubernetes' named formats.

use super::function::{Function, global, member, no_overload};
use crate::cel::error::Error;
use crate::cel::formats::{ALL, Format};
use crate::cel::value::Value;

pub(super) const TABLE: &[Function] = &[
    global("format.named", &["string -> optional_type(kubernetes.NamedFormat)"], |arguments, _| match &arguments[0] {
        Value::String(name) => Ok(match ALL.iter().find(|format| format.name == name.as_str()) {
            Some(format) => Value::some(Value::Format(format)),
            None => Value::Optional(None),
        }),
        _ => no_overload(),
    }),
    member("validate", &["kubernetes.NamedFormat, string -> optional_type(list(string))"], |arguments, run| {
        match (&arguments[0], &arguments[1]) {
            (Value::Format(format), Value::String(text)) => {
                run.take_bytes(text.as_str().len())?;
                Ok(match (format.check)(text.as_str()) {
                    true => Value::Optional(None),
                    false => Value::some(Value::list(vec![Value::text(format.message)])),
                })
            }
            _ => no_overload(),
        }
    }),
    global("format.dns1123Label", &[" -> kubernetes.NamedFormat"], |_, _| named("dns1123Label")),
    global("format.dns1123Subdomain", &[" -> kubernetes.NamedFormat"], |_, _| named("dns1123Subdomain")),
    global("format.dns1035Label", &[" -> kubernetes.NamedFormat"], |_, _| named("dns1035Label")),
    global("format.qualifiedName", &[" -> kubernetes.NamedFormat"], |_, _| named("qualifiedName")),
    global("format.dns1123LabelPrefix", &[" -> kubernetes.NamedFormat"], |_, _| named("dns1123LabelPrefix")),
    global("format.dns1123SubdomainPrefix", &[" -> kubernetes.NamedFormat"], |_, _| named("dns1123SubdomainPrefix")),
    global("format.dns1035LabelPrefix", &[" -> kubernetes.NamedFormat"], |_, _| named("dns1035LabelPrefix")),
    global("format.labelValue", &[" -> kubernetes.NamedFormat"], |_, _| named("labelValue")),
    global("format.uri", &[" -> kubernetes.NamedFormat"], |_, _| named("uri")),
    global("format.uuid", &[" -> kubernetes.NamedFormat"], |_, _| named("uuid")),
    global("format.byte", &[" -> kubernetes.NamedFormat"], |_, _| named("byte")),
    global("format.date", &[" -> kubernetes.NamedFormat"], |_, _| named("date")),
    global("format.datetime", &[" -> kubernetes.NamedFormat"], |_, _| named("datetime")),
];

fn named<'a>(name: &str) -> Result<Value<'a>, Error> {
    let format: Option<&'static Format> = ALL.iter().find(|format| format.name == name);
    format.map(Value::Format).ok_or_else(Error::overload)
}
