//! Templates of `kubectl`'s JSONPath, which `helm show values --jsonpath` evaluates over a chart's values.
//!
//! The rules are those of `k8s.io/client-go/util/jsonpath`: text outside braces stands for itself; inside, paths, slices,
//! unions, filters and `range` ... `end`.

mod compare;
mod evaluate;
mod item;
mod parse;

#[cfg(test)]
mod tests;

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::Map;

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPath {
    blocks: Vec<Step>,
}

/// What a template prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The text; empty when the template could not be followed to its end, as in Helm.
    pub text: String,
    /// Why it could not, in Kubernetes' words: `b is not found`.
    pub stopped: Option<String>,
}

/// A step from items to items.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// What stands between two braces: one step after the other.
    Chain(Vec<Step>),
    /// Text, outside braces or in quotes.
    Text(String),
    /// A literal number or boolean.
    Literal(item::Item<'static>),
    /// `.name`
    Field(String),
    /// `.*`
    Wildcard,
    /// `..`
    Recursive,
    /// `[from:to:step]`
    Slice(Slice),
    /// `[a,b]`: each from the same items.
    Union(Vec<Vec<Step>>),
    /// `[?(left operator right)]`
    Filter(Filter),
    /// `range`, `end`, or a word that is neither.
    Word(String),
}

/// The three numbers of `[from:to:step]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Slice {
    from: Option<i64>,
    to: Option<i64>,
    step: Option<i64>,
    /// Whether `to` was not written and follows from `from`: `[3]`.
    single: bool,
}

/// A condition that items of a list have to meet.
#[derive(Debug, Clone, PartialEq)]
struct Filter {
    left: Vec<Step>,
    /// The operator and what to compare with; without it the left side has only to be there.
    comparison: Option<(String, Vec<Step>)>,
}

impl JsonPath {
    /// Reads a template.
    ///
    /// # Errors
    /// A template that can't be read, in Helm's words, with its place in `source`.
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
        parse::parse(text).map(|blocks| JsonPath { blocks }).map_err(|mistake| {
            let message = format!("error parsing jsonpath {text}: {}", mistake.message);
            Diagnostic::error("jsonpath", message).at(source.span(mistake.at.clone()), "")
        })
    }

    /// Evaluates the template over `values`.
    pub fn print(&self, values: &Map) -> Printed {
        evaluate::print(&self.blocks, values)
    }
}
