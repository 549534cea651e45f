//! sprig's functions on strings.

use super::format::shown;
use crate::engine::gotpl::call::{Args, Budget, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{ListKind, Text, Value};
use crate::engine::sprig::{Cut, case, text, wrap};
use crate::go::strconv::quote_bytes;

const STR: &[Param] = &[Param::Str];
const TWO: &[Param] = &[Param::Str, Param::Str];
const INT_AND_STR: &[Param] = &[Param::Int, Param::Str];
const ANY: &[Param] = &[Param::Any];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("hello", &[], |_, _| Ok(Value::str("Hello!"))),
    Function::new("upper", STR, |run, args| counted_string(run, case::upper(&args.str(0)))),
    Function::new("lower", STR, |run, args| counted_string(run, case::lower(&args.str(0)))),
    Function::new("title", STR, |run, args| counted_string(run, case::title(&args.str(0)))),
    Function::new("untitle", STR, |run, args| counted_string(run, case::untitle(&args.str(0)))),
    Function::new("swapcase", STR, |run, args| counted_string(run, case::swap_case(&args.str(0)))),
    Function::new("snakecase", STR, |run, args| counted_string(run, case::snake_case(args.bytes(0)))),
    Function::new("camelcase", STR, |run, args| counted_string(run, case::camel_case(&args.str(0)))),
    Function::new("kebabcase", STR, |run, args| counted_string(run, case::kebab_case(args.bytes(0)))),
    Function::new("initials", STR, |run, args| counted_string(run, wrap::initials(args.bytes(0), Cut::Byte))),
    Function::new("nospace", STR, |run, args| counted_string(run, &*text::nospace(args.bytes(0), Cut::Byte))),
    Function::new("trim", STR, |run, args| counted_string(run, text::trim(args.bytes(0)))),
    Function::new("trimAll", TWO, trim_all),
    Function::new("trimall", TWO, trim_all),
    Function::new("trimPrefix", TWO, |run, args| {
        counted_string(run, args.bytes(1).strip_prefix(args.bytes(0)).unwrap_or(args.bytes(1)))
    }),
    Function::new("trimSuffix", TWO, |run, args| {
        counted_string(run, args.bytes(1).strip_suffix(args.bytes(0)).unwrap_or(args.bytes(1)))
    }),
    Function::new("hasPrefix", TWO, |_, args| Ok(Value::Bool(args.bytes(1).starts_with(args.bytes(0))))),
    Function::new("hasSuffix", TWO, |_, args| Ok(Value::Bool(args.bytes(1).ends_with(args.bytes(0))))),
    Function::new("contains", TWO, |run, args| {
        run.spend(args.bytes(1).len() / 64)?;
        Ok(Value::Bool(text::contains(args.bytes(1), args.bytes(0))))
    }),
    Function::new("trunc", INT_AND_STR, |run, args| {
        counted_string(run, text::trunc(args.bytes(1), args.int(0), Cut::Byte))
    }),
    Function::new("substr", &[Param::Int, Param::Int, Param::Str], |run, args| {
        counted_string(run, text::substr(args.bytes(2), args.int(0), args.int(1), Cut::Byte)?)
    }),
    Function::new("abbrev", INT_AND_STR, |run, args| {
        counted_string(run, wrap::abbrev(args.bytes(1), args.int(0), Cut::Byte))
    }),
    Function::new("abbrevboth", &[Param::Int, Param::Int, Param::Str], |run, args| {
        counted_string(run, wrap::abbrev_both(args.bytes(2), args.int(0), args.int(1), Cut::Byte))
    }),
    // These functions count their own output.
    Function::new("indent", INT_AND_STR, |run, args| {
        Ok(Value::str(text::indent(args.bytes(1), args.int(0), &mut Budget(run))?))
    }),
    Function::new("nindent", INT_AND_STR, |run, args| {
        Ok(Value::str(text::nindent(args.bytes(1), args.int(0), &mut Budget(run))?))
    }),
    Function::new("repeat", INT_AND_STR, |run, args| {
        Ok(Value::str(text::repeat(args.bytes(1), args.int(0), &mut Budget(run))?))
    }),
    Function::new("replace", &[Param::Str, Param::Str, Param::Str], |run, args| {
        Ok(Value::str(text::replace(args.bytes(2), args.bytes(0), args.bytes(1), &mut Budget(run))?))
    }),
    Function::new("wrap", INT_AND_STR, |run, args| {
        Ok(Value::str(wrap::wrap(args.bytes(1), args.int(0), Cut::Byte, &mut Budget(run))?))
    }),
    Function::new("wrapWith", &[Param::Int, Param::Str, Param::Str], |run, args| {
        Ok(Value::str(wrap::wrap_with(args.bytes(2), args.int(0), args.bytes(1), Cut::Byte, &mut Budget(run))?))
    }),
    Function::new("plural", &[Param::Str, Param::Str, Param::Int], |_, args| {
        Ok(args.get(usize::from(args.int(2) != 1)).clone())
    }),
    Function::variadic("quote", ANY, quote),
    Function::variadic("squote", ANY, single_quote),
    Function::variadic("cat", ANY, cat),
];

/// Returns a new text after counting its length.
pub(super) fn counted_string<T: AsRef<[u8]>>(run: &mut dyn Evaluate, text: T) -> Result<Value, FnError> {
    let text = text.as_ref();
    run.spend(text.len())?;
    Ok(Value::str(text))
}

/// Converts a value to text as sprig does, which treats bytes as text too.
pub(super) fn string_of(run: &mut dyn Evaluate, value: &Value) -> Result<Text, FnError> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        Value::Bytes(bytes) => Ok(bytes.text().clone()),
        Value::List(list) if list.kind() == ListKind::Bytes => Ok(Text::default()),
        value => shown(run, value),
    }
}

fn trim_all(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let trimmed = text::trim_all(args.bytes(1), args.bytes(0));
    counted_string(run, trimmed)
}

/// The arguments that are not nil, appended by `write` and separated by spaces.
fn spaced(
    run: &mut dyn Evaluate,
    args: Args<'_>,
    write: fn(&mut dyn Evaluate, &Value, &mut Vec<u8>) -> Result<(), FnError>,
) -> Result<Value, FnError> {
    let mut out = Vec::new();
    for (index, value) in args.0.iter().filter(|value| !value.is_nil()).enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        write(run, value, &mut out)?;
    }
    run.spend(out.len())?;
    Ok(Value::str(out))
}

fn quote(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    spaced(run, args, |run, value, out| {
        out.extend_from_slice(quote_bytes(&string_of(run, value)?).as_ref());
        Ok(())
    })
}

fn single_quote(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    spaced(run, args, |run, value, out| {
        out.push(b'\'');
        out.extend_from_slice(&shown(run, value)?);
        out.push(b'\'');
        Ok(())
    })
}

/// Formats each argument with `%v`, separated by spaces. sprig only trims the format, so white space in arguments stays.
fn cat(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    spaced(run, args, |run, value, out| {
        out.extend_from_slice(&shown(run, value)?);
        Ok(())
    })
}
