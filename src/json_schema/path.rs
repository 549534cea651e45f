//! Paths in schema documents and in the values that they describe.

use super::shape::Step;
use super::uri::percent_encode;
use crate::yaml::Node;

/// Returns a number that identifies a node: its address, since documents never move once they are loaded.
pub(super) fn identity(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

/// The path from the root of a document, as a list of steps with the last one first.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    Step(&'a Path<'a>, Step<'a>),
}

impl<'a> Path<'a> {
    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Path::Step(self, Step::Key(key))
    }

    pub(super) fn step(&'a self, step: Step<'a>) -> Self {
        Path::Step(self, step)
    }

    /// Returns the number of steps.
    pub(super) fn len(&self) -> usize {
        let mut length = 0;
        let mut at = self;
        while let Path::Step(before, _) = at {
            length += 1;
            at = before;
        }
        length
    }

    /// Returns the names of the steps, from the root on.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = self;
        while let Path::Step(before, step) = at {
            names.push(step.name());
            at = before;
        }
        names.reverse();
        names
    }

    /// Returns the JSON pointer (RFC 6901) for the names of a path.
    pub(super) fn pointer(names: &[String]) -> String {
        names.iter().flat_map(|name| ["/".to_owned(), name.replace('~', "~0").replace('/', "~1")]).collect()
    }
}

/// Returns `url#pointer`, as Helm writes the place of a schema.
pub(super) fn location(url: &str, path: &[String]) -> String {
    let escaped = path.iter().map(|name| percent_encode(&name.replace('~', "~0").replace('/', "~1")));
    format!("{url}#{}", escaped.flat_map(|name| ["/".to_owned(), name]).collect::<String>())
}
