//! The functions that templates can call: one file for each family, with a table of what it has.
//!
//! | file | holds |
//! |---|---|
//! | `builtins`, `compare`, `escape` | Go's own: `index`, `printf`, `eq`, `html`, ... |
//! | `helm` | `include`, `tpl`, `required`, `fail`, `lookup` |
//! | `documents`, `toml` | YAML, JSON and TOML |
//! | `dicts`, `merge`, `lists` | sprig's maps and lists |
//! | `format` | `printf` |
//! | `date`, `time_methods` | dates; methods of times and durations |
//! | `random`, `crypto` | random texts; passwords, keys, certificates |
//! | `semver` | versions |
//! | `flow` | `default`, `ternary`, `coalesce`, ... |
//! | `strings`, `string_lists`, `numbers`, `conversion`, `encoding`, `paths`, `regex`, `urls` | sprig's, by its own groups |
//! | `name_template` | what `--name-template` has instead of Helm's |
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

/// All functions, and their numbers by name.
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

/// Go's own functions, without sprig's and Helm's.
static GO: LazyLock<Table> = LazyLock::new(|| {
    let families = [builtins::FUNCTIONS, compare::FUNCTIONS, escape::FUNCTIONS];

    Table::new(families.into_iter().flatten())
});

/// For the parser: functions by name.
pub const NAMES: parse::Functions =
    parse::Functions { number: |name| TABLE.numbers.get(name).copied(), name: |number| function(number).name };

/// The function of a number that the parser was given.
pub fn function(number: u16) -> &'static Function {
    TABLE.functions[usize::from(number)]
}

/// For the parser of `--name-template`: functions by name.
pub const SPRIG_NAMES: parse::Functions =
    parse::Functions { number: |name| SPRIG.numbers.get(name).copied(), name: |number| sprig_function(number).name };

/// The function of a number that the parser of `--name-template` was given.
pub fn sprig_function(number: u16) -> &'static Function {
    SPRIG.functions[usize::from(number)]
}

/// For the parser of `version --template`: functions by name.
pub const GO_NAMES: parse::Functions =
    parse::Functions { number: |name| GO.numbers.get(name).copied(), name: |number| go_function(number).name };

/// The function of a number that the parser of `version --template` was given.
pub fn go_function(number: u16) -> &'static Function {
    GO.functions[usize::from(number)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_there_once() {
        assert_eq!(TABLE.functions.len(), TABLE.numbers.len());
        assert_eq!(SPRIG.functions.len(), SPRIG.numbers.len());
        assert!(name_template::LACKING.iter().all(|name| TABLE.numbers.contains_key(name.as_bytes())));
    }
}
