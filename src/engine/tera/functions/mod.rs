//! The functions of Tera templates: Helm's functions under Helm's names.
//!
//! Each function is a [`Function`] in the table of its topic. Each can be called as a filter, which pipes in the first
//! parameter, and as a function with keyword arguments. The table in `templates/README.md` is generated from the same
//! data.

mod call;
mod collections;
mod documents;
mod encoding;
mod files;
mod flow;
mod go_value;
mod letter_case;
mod lists;
mod numbers;
mod paths;
mod patterns;
mod printf;
mod refused;
mod strings;
mod urls;
mod value_size;
mod versions;
mod words;

use std::sync::Arc;

use tera::{Kwargs, State, Tera, Value};

pub use call::Function;
pub(super) use value_size::size;

use super::run::{Functions, Run};

/// Returns all functions, topic by topic.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    [
        flow::FUNCTIONS,
        strings::FUNCTIONS,
        letter_case::FUNCTIONS,
        words::FUNCTIONS,
        printf::FUNCTIONS,
        documents::FUNCTIONS,
        encoding::FUNCTIONS,
        patterns::FUNCTIONS,
        versions::FUNCTIONS,
        lists::FUNCTIONS,
        collections::FUNCTIONS,
        numbers::FUNCTIONS,
        paths::FUNCTIONS,
        urls::FUNCTIONS,
        files::FUNCTIONS,
        refused::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

/// Whether there is a function with this name.
pub(super) fn is_function(name: &str) -> bool {
    functions().any(|function| function.name == name)
}

/// The functions, in the form that a run needs.
pub(super) const FOR_RUNS: Functions = Functions { register, is_function };

/// Registers the wanted functions in a Tera instance, both as filters and as functions.
fn register(tera: &mut Tera, run: &Arc<Run>, is_wanted: &dyn Fn(&str) -> bool) {
    for function in functions().filter(|function| is_wanted(function.name)) {
        if function.first_parameter().is_some() {
            let run = Arc::downgrade(run);
            tera.register_filter(function.name, move |value: &Value, kwargs: Kwargs, _: &State| {
                function.call(Some(value), &kwargs, &run)
            });
        }
        let run = Arc::downgrade(run);
        tera.register_function(function.name, move |kwargs: Kwargs, _: &State| function.call(None, &kwargs, &run));
    }
}

#[cfg(test)]
mod tests;
