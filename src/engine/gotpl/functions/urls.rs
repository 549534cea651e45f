//! sprig's functions on URLs.

use super::strings::made;
use crate::engine::gotpl::call::{Function, Param};
use crate::engine::gotpl::value::Value;
use crate::engine::sprig::{Error, urls};
use crate::go::strconv::{quote_bytes, quote_double};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("urlParse", &[Param::Str], |run, args| {
        run.spend(args.bytes(0).len())?;
        let text = args.str(0);
        let parts = urls::parse(&text).map_err(|error| match error {
            // Go quotes bytes that are not UTF-8 one by one.
            Error::Call(message) => {
                let quoted = quote_bytes(args.bytes(0));
                Error::Call(message.replacen(&quote_double(&text), &quoted, 1))
            }
            error => error,
        })?;
        Ok(Value::map(parts.into_iter().map(|(name, part)| (name.into(), Value::str(part))).collect()))
    }),
    Function::new("urlJoin", &[Param::Map], |run, args| {
        let parts = args.map(0);
        let url = urls::join(|name| match parts.get(name.as_bytes()) {
            None => Ok(String::new()),
            Some(Value::Str(part)) => Ok(part.lossy().into_owned()),
            Some(Value::Nil) => Err(Error::call("runtime error: invalid memory address or nil pointer dereference")),
            Some(other) => Err(urls::wrong_part(name, other.kind_name())),
        })?;
        made(run, url)
    }),
];
