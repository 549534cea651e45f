//! `printf`, `print`, `println`.

use tera::Value;

use super::call::{Answer, Call, Failure, Function};
use super::go_value::{DIALECT, text_of};
use crate::engine::tera::value::TooDeep;
use crate::go::fmt::{Error, Printer};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "printf",
        &["format", "args?"],
        "The format with `%s %d %v %q %05d %x %t %.2f %[1]s ...` filled in from `args`, a list or a single value.",
        |call| {
            let format = call.text("format")?;
            let args = match call.optional("args") {
                Some(_) => call.one_or_more("args")?,
                None => &[],
            };
            printed(call, |printer| printer.printf(format.as_bytes(), args))
        },
    ),
    Function::new(
        "print",
        &["values"],
        "The values of a list as one string, with spaces between those that are not strings.",
        |call| {
            let values = call.one_or_more("values")?;
            printed(call, |printer| printer.print(values))
        },
    ),
    Function::new(
        "println",
        &["values"],
        "The values of a list with spaces between and a line break at the end.",
        |call| {
            let values = call.one_or_more("values")?;
            printed(call, |printer| printer.println(values))
        },
    ),
];

fn printed(call: &Call<'_>, print: impl FnOnce(&mut Printer<'_>) -> Result<(), Error>) -> Answer {
    let mut out = Vec::new();
    let limit = call.largest_text();
    match print(&mut Printer::new(&mut out, limit, DIALECT.print)) {
        Ok(()) => Ok(Value::from(text_of(out))),
        Err(Error::TooLong) => Err(call.check_size(limit + 1).err().unwrap_or_else(|| Failure::call("too long"))),
        Err(Error::TooDeep | Error::ContainsItself) => Err(TooDeep.into()),
    }
}
