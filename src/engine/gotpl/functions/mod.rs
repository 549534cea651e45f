//! The functions that templates can call: one file for each family, with a table of what it has.
//!
//! | file | holds |
//! |---|---|
//! | `builtins`, `compare`, `escape` | Go's own: `index`, `printf`, `eq`, `html`, ... |
//! | `helm` | `include`, `tpl`, `required`, `fail`, `lookup` |
//! | `documents` | YAML, JSON and TOML |
//! | `dicts`, `merge`, `lists` | sprig's maps and lists |
//! | `format` | `printf` |
//! | `date`, `time_methods` | dates; methods of times and durations |
//! | `random`, `crypto` | random texts; passwords, keys, certificates |
//! | `semver` | versions |
//! | `flow` | `default`, `ternary`, `coalesce`, ... |
//! | `strings`, `string_lists`, `numbers`, `conversion`, `encoding`, `paths`, `regex`, `urls` | sprig's, by its own groups |
//! | `methods` | methods of values that have any |

mod builtins;
mod compare;
mod conversion;
mod crypto;
mod date;
mod dicts;
mod documents;
mod encoding;
mod escape;
mod flow;
mod format;
mod helm;
mod lists;
mod merge;
mod methods;
mod numbers;
mod paths;
mod random;
mod regex;
mod semver;
mod string_lists;
mod strings;
mod time_methods;
mod urls;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use methods::method;

use super::call::Function;
use super::parse;

/// The families. A name must not be in two of them.
const FAMILIES: &[&[Function]] = &[
    semver::FUNCTIONS,
    random::FUNCTIONS,
    date::FUNCTIONS,
    crypto::FUNCTIONS,
    builtins::FUNCTIONS,
    compare::FUNCTIONS,
    escape::FUNCTIONS,
    helm::FUNCTIONS,
    documents::FUNCTIONS,
    dicts::FUNCTIONS,
    merge::FUNCTIONS,
    lists::FUNCTIONS,
    flow::FUNCTIONS,
    strings::FUNCTIONS,
    string_lists::FUNCTIONS,
    numbers::FUNCTIONS,
    conversion::FUNCTIONS,
    encoding::FUNCTIONS,
    paths::FUNCTIONS,
    regex::FUNCTIONS,
    urls::FUNCTIONS,
];

/// All functions, and their numbers by name.
struct Table {
    functions: Vec<&'static Function>,
    numbers: HashMap<&'static [u8], u16, ahash::RandomState>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let functions: Vec<&Function> = FAMILIES.iter().copied().flatten().collect();
    let numbers = functions.iter().enumerate().map(|(number, function)| (function.name.as_bytes(), number as u16));
    Table { numbers: numbers.collect(), functions }
});

/// For the parser: functions by name.
pub const NAMES: parse::Functions =
    parse::Functions { number: |name| TABLE.numbers.get(name).copied(), name: |number| function(number).name };

/// The function of a number that the parser was given.
pub fn function(number: u16) -> &'static Function {
    TABLE.functions[usize::from(number)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_there_once() {
        assert_eq!(TABLE.functions.len(), TABLE.numbers.len());
    }
}
