//! sprig's functions on URLs.

use super::strings::counted_string;
use crate::engine::gotpl::call::{Function, Param};
use crate::engine::gotpl::value::Value;
use crate::engine::sprig::{Error, urls};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("urlParse", &[Param::Str], |run, args| {
        run.spend(args.bytes(0).len())?;
        let parts = urls::parse(args.bytes(0))?;
        Ok(Value::map(parts.into_iter().map(|(name, part)| (name.into(), Value::str(part))).collect()))
    }),
    Function::new("urlJoin", &[Param::Map], |run, args| {
        let parts = args.map(0);
        let url = urls::join(|name| match parts.get(name.as_bytes()) {
            None => Ok(Vec::new()),
            Some(Value::Str(part)) => Ok(part.to_vec()),
            Some(Value::Nil) => Err(Error::call("runtime error: invalid memory address or nil pointer dereference")),
            Some(other) => Err(urls::wrong_part(name, other.kind_name())),
        })?;
        counted_string(run, url)
    }),
];
