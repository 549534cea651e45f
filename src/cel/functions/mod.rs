//! The functions, one file per library. Operators and macros are in the parent folder.
//!
//! | file | what it holds |
//! |---|---|
//! | `function` | the type of a function |
//! | `conversions` | CEL's own functions: sizes, types, conversions |
//! | `strings`, `formatting` | strings; `"...".format(...)` |
//! | `patterns` | `matches`, `find`, `findAll` |
//! | `lists`, `sets` | lists |
//! | `optionals` | `optional.of`, `value`, `orValue` |
//! | `times` | the parts of timestamps and durations |
//! | `addresses` | `ip`, `cidr` |
//! | `urls` | `url`, `isURL` |
//! | `amounts` | `quantity`, `semver` |
//! | `authorizer` | authorization, which rules cannot use |
//! | `named_formats` | `format.dns1123Label()` |

mod addresses;
mod amounts;
mod authorizer;
mod conversions;
mod formatting;
mod function;
mod lists;
mod named_formats;
mod optionals;
mod patterns;
mod sets;
mod strings;
mod times;
mod urls;

pub(super) use formatting::shown;
pub(super) use function::{Form, Function};
pub(super) use lists::sort;

const TABLES: [&[Function]; 13] = [
    conversions::TABLE,
    strings::TABLE,
    formatting::TABLE,
    patterns::TABLE,
    lists::TABLE,
    sets::TABLE,
    optionals::TABLE,
    times::TABLE,
    addresses::TABLE,
    urls::TABLE,
    amounts::TABLE,
    named_formats::TABLE,
    authorizer::TABLE,
];

/// Returns the functions of all libraries.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static Function> {
    TABLES.into_iter().flatten()
}

fn named(name: &str) -> impl Iterator<Item = &'static Function> {
    TABLES.into_iter().flatten().filter(move |function| function.name == name)
}

/// Finds the function with this name that accepts this many arguments.
///
/// # Errors
/// There is no such function. The message is that of the API server.
pub(super) fn find(name: &str, form: Form, arguments: usize) -> Result<&'static Function, String> {
    let takes = |function: &&Function| function.form == form && function.takes(arguments);
    named(name).find(takes).ok_or_else(|| match named(name).next() {
        Some(_) => format!("found no matching overload for '{name}'"),
        None => format!("undeclared reference to '{name}' (in container '')"),
    })
}

/// Whether there is a function of this name that is called without a receiver. The name may have dots.
pub(super) fn has_global(name: &str) -> bool {
    named(name).any(|function| function.form == Form::Global)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_names_are_unique() {
        let all: Vec<&Function> = all().collect();
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                let overlap = (0..5).any(|count| one.takes(count) && other.takes(count));
                assert!(one.name != other.name || one.form != other.form || !overlap, "{}", one.name);
            }
        }
    }
}
