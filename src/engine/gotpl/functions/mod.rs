//! The functions that templates can call. Each family has a file with a table of its functions.
//!
//! | file | functions |
//! |---|---|
//! | `builtins`, `compare`, `escape` | Go's own: `index`, `printf`, `eq`, `html`, ... |
//! | `helm` | `include`, `tpl`, `required`, `fail`, `lookup` |
//! | `documents`, `toml` | YAML, JSON and TOML |
//! | `dicts`, `merge`, `lists` | sprig's maps and lists |
//! | `format` | formatting of values, for `printf` and others |
//! | `date`, `time_methods` | dates; methods of times and durations |
//! | `random`, `crypto` | random texts; passwords, keys, certificates |
//! | `semver` | versions |
//! | `flow` | `default`, `ternary`, `coalesce`, ... |
//! | `strings`, `string_lists`, `numbers`, `conversion`, `encoding`, `paths`, `regex`, `urls` | sprig's, in its own groups |
//! | `name_template` | the functions that only `--name-template` has |
//! | `methods` | methods of values |

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
mod name_template;
mod numbers;
mod paths;
mod random;
mod regex;
mod semver;
mod string_lists;
mod strings;
mod time_methods;
mod toml;
mod urls;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use methods::method;

use super::call::Function;
use super::parse;

/// The families. No name may be in two of them.
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
    toml::FUNCTIONS,
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

/// Functions, and their indices by name.
struct Table {
    functions: Vec<&'static Function>,
    numbers: HashMap<&'static [u8], u16, ahash::RandomState>,
}

impl Table {
    fn new(functions: impl Iterator<Item = &'static Function>) -> Table {
        let functions: Vec<&Function> = functions.collect();
        let numbers = functions.iter().enumerate().map(|(number, function)| (function.name.as_bytes(), number as u16));
        Table { numbers: numbers.collect(), functions }
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(FAMILIES.iter().copied().flatten()));

static SPRIG: LazyLock<Table> = LazyLock::new(|| {
    let kept = FAMILIES.iter().copied().flatten().filter(|function| !name_template::LACKING.contains(&function.name));
    Table::new(kept.chain(name_template::FUNCTIONS))
});

/// Go's built-in functions, without sprig's and Helm's.
static GO: LazyLock<Table> = LazyLock::new(|| {
    let families = [builtins::FUNCTIONS, compare::FUNCTIONS, escape::FUNCTIONS];

    Table::new(families.into_iter().flatten())
});

/// The functions of charts, for the parser.
pub const NAMES: parse::Functions =
    parse::Functions { number: |name| TABLE.numbers.get(name).copied(), name: |number| function(number).name };

/// Returns a function of charts by the number that [`NAMES`] assigns to it.
pub fn function(number: u16) -> &'static Function {
    TABLE.functions[usize::from(number)]
}

/// The functions of `--name-template`, for the parser.
pub const SPRIG_NAMES: parse::Functions =
    parse::Functions { number: |name| SPRIG.numbers.get(name).copied(), name: |number| sprig_function(number).name };

/// Returns a function by the number that [`SPRIG_NAMES`] assigns to it.
pub fn sprig_function(number: u16) -> &'static Function {
    SPRIG.functions[usize::from(number)]
}

/// The functions of `version --template`, for the parser.
pub const GO_NAMES: parse::Functions =
    parse::Functions { number: |name| GO.numbers.get(name).copied(), name: |number| go_function(number).name };

/// Returns a function by the number that [`GO_NAMES`] assigns to it.
pub fn go_function(number: u16) -> &'static Function {
    GO.functions[usize::from(number)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_names_are_unique() {
        assert_eq!(TABLE.functions.len(), TABLE.numbers.len());
        assert_eq!(SPRIG.functions.len(), SPRIG.numbers.len());
        assert!(name_template::LACKING.iter().all(|name| TABLE.numbers.contains_key(name.as_bytes())));
    }
}
