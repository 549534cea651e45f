//! The vocabulary of Tera templates: Helm's functions under Helm's names.
//!
//! Each function is one [`Function`] in the table of its topic; every one can be written as a filter, which pipes in
//! the first parameter, and as a function with keyword arguments. The table in `templates/README.md` is made from the same data.

mod call;
mod collections;
mod documents;
mod encoding;
mod extent;
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
mod versions;
mod words;

use std::sync::{Arc, Weak};

use tera::{Kwargs, State, Tera, Value};

use call::{Answer, Call};
pub(super) use extent::size;

use super::failure::Failure;
use super::run::Run;

/// A function of the vocabulary.
#[derive(Debug)]
pub struct Function {
    /// Helm's name for it.
    pub name: &'static str,
    /// Its parameters, the first being the one a filter gets from the left; optional ones end in `?`, and `...` is
    /// for any keyword arguments.
    pub parameters: &'static [&'static str],
    /// What it gives, in one or two sentences.
    pub meaning: &'static str,
    body: fn(&Call<'_>) -> Answer,
}

impl Function {
    const fn new(
        name: &'static str,
        parameters: &'static [&'static str],
        meaning: &'static str,
        body: fn(&Call<'_>) -> Answer,
    ) -> Function {
        Function { name, parameters, meaning, body }
    }

    /// Whether calling it is an error, since its result would differ from run to run; `meaning` says what to do instead.
    pub fn is_refused(&self) -> bool {
        self.meaning.starts_with("Refused: ")
    }

    fn first_parameter(&self) -> Option<&'static str> {
        self.parameters.first().map(|first| first.trim_end_matches('?')).filter(|first| *first != "...")
    }

    /// How a template writes it, as a filter where there is something to pipe in: `text | nindent(width=…)`.
    pub fn form(&self) -> String {
        let arguments = |parameters: &[&str]| {
            let arguments = parameters.iter().map(|parameter| match parameter.strip_suffix('?') {
                Some(optional) => format!("[{optional}=…]"),
                None if *parameter == "..." => "name=…, …".to_owned(),
                None => format!("{parameter}=…"),
            });
            arguments.collect::<Vec<_>>().join(", ")
        };
        match self.first_parameter() {
            None => format!("{}({})", self.name, arguments(self.parameters)),
            Some(first) if self.parameters.len() == 1 => format!("{first} | {}", self.name),
            Some(first) => format!("{first} | {}({})", self.name, arguments(&self.parameters[1..])),
        }
    }

    fn call(&'static self, piped: Option<&Value>, kwargs: &Kwargs, run: &Weak<Run>) -> tera::TeraResult<Value> {
        let Some(run) = run.upgrade() else {
            return Err(tera::Error::message("this template engine is no longer in use"));
        };
        let call = Call { function: self, piped, kwargs, run: &run };
        let answer = run.budget.spend_call().map_err(Failure::Call).and_then(|()| {
            call.check_names()?;
            let answer = (self.body)(&call)?;
            call.check_answer(&answer)?;
            Ok(answer)
        });
        answer.map_err(|failure| run.keep_failure(self.name, failure))
    }
}

/// All functions, topic by topic.
pub fn vocabulary() -> impl Iterator<Item = &'static Function> {
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

/// Makes those functions known to a Tera instance, as filters and as functions, whose names are wanted.
pub(super) fn register(tera: &mut Tera, run: &Arc<Run>, is_wanted: &dyn Fn(&str) -> bool) {
    for function in vocabulary().filter(|function| is_wanted(function.name)) {
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
