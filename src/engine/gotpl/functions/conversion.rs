//! sprig's conversions between types.

use super::format::shown;
use super::strings::string_of;
use crate::engine::gotpl::call::{Function, Param};
use crate::engine::gotpl::value::Value;
use crate::engine::sprig::cast;

const ANY: &[Param] = &[Param::Any];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toString", ANY, |run, args| Ok(Value::Str(string_of(run, args.get(0))?))),
    Function::new("int", ANY, |_, args| Ok(Value::Int(cast::to_int(args.get(0))))),
    Function::new("int64", ANY, |_, args| Ok(Value::Int64(cast::to_int(args.get(0))))),
    Function::new("float64", ANY, |_, args| Ok(Value::Float(cast::to_float(args.get(0))))),
    Function::new("atoi", &[Param::Str], |_, args| Ok(Value::Int(cast::atoi(args.bytes(0))))),
    Function::new("toDecimal", ANY, |run, args| Ok(Value::Int64(cast::octal(&shown(run, args.get(0))?)))),
];
