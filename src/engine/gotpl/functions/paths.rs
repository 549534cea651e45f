//! sprig's functions on paths. The variants for the operating system behave the same on the systems where Helm runs.

use super::strings::counted_string;
use crate::engine::gotpl::call::{Args, Function, Param};
use crate::engine::gotpl::value::Value;
use crate::go::path::{base, clean, dir, ext};

const STR: &[Param] = &[Param::Str];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base", STR, |run, args| counted_string(run, base(args.bytes(0)))),
    Function::new("dir", STR, |run, args| counted_string(run, dir(args.bytes(0)))),
    Function::new("ext", STR, |run, args| counted_string(run, ext(args.bytes(0)))),
    Function::new("clean", STR, |run, args| counted_string(run, clean(args.bytes(0)))),
    Function::new("isAbs", STR, |_, args| Ok(is_absolute(args))),
    Function::new("osBase", STR, |run, args| counted_string(run, base(args.bytes(0)))),
    Function::new("osDir", STR, |run, args| counted_string(run, dir(args.bytes(0)))),
    Function::new("osExt", STR, |run, args| counted_string(run, ext(args.bytes(0)))),
    Function::new("osClean", STR, |run, args| counted_string(run, clean(args.bytes(0)))),
    Function::new("osIsAbs", STR, |_, args| Ok(is_absolute(args))),
];

fn is_absolute(args: Args<'_>) -> Value {
    Value::Bool(args.bytes(0).starts_with(b"/"))
}
