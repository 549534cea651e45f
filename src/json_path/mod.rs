//! Parses and evaluates `kubectl`'s JSONPath templates, which `helm show values --jsonpath` applies to a chart's values.
//!
//! The rules are those of `k8s.io/client-go/util/jsonpath`: text outside braces is literal; inside braces there are paths,
//! slices, unions, filters and `range` ... `end`.

mod compare;
mod evaluate;
mod item;
mod parse;
mod step;

#[cfg(test)]
mod tests;

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::Map;
use step::Step;

pub use evaluate::Printed;

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPath {
    blocks: Vec<Step>,
}

impl JsonPath {
    /// Parses a template.
    ///
    /// # Errors
    /// Helm's message for an invalid template, with the place in `source`.
    ///
    /// ```
    /// use mim_chart::diagnostic::Source;
    /// use mim_chart::json_path::JsonPath;
    /// use mim_chart::yaml;
    ///
    /// let path = JsonPath::parse(&Source::flag("--jsonpath", "tag {.image.tag}")).unwrap();
    /// let values = yaml::read_values(&Source::file("values.yaml", "image: {tag: 6.8.0}")).unwrap();
    /// assert_eq!(path.print(&values).text, "tag 6.8.0");
    /// ```
    pub fn parse(source: &Source) -> Result<Self, Diagnostic> {
        let text = source.text();
        parse::parse(text).map(|blocks| JsonPath { blocks }).map_err(|error| {
            let message = format!("error parsing jsonpath {text}: {}", error.message);
            Diagnostic::error("jsonpath", message).at(source.span(error.at.clone()), "")
        })
    }

    /// Evaluates the template over `values`.
    pub fn print(&self, values: &Map) -> Printed {
        evaluate::print(&self.blocks, values)
    }
}
