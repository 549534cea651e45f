//! Paths in schema documents.

use super::shape::Step;
use super::uri::percent_encode;
use crate::yaml::Node;

/// What tells a node of a document from every other one: documents never move once they are loaded.
pub(super) fn identity(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

/// The way from the root of a document, the last step first.
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

    /// How many steps it has.
    pub(super) fn len(&self) -> usize {
        let mut length = 0;
        let mut at = self;
        while let Path::Step(before, _) = at {
            length += 1;
            at = before;
        }
        length
    }

    /// The names of the steps, the first one first.
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

    /// A JSON pointer (RFC 6901).
    pub(super) fn pointer(names: &[String]) -> String {
        names.iter().flat_map(|name| ["/".to_owned(), name.replace('~', "~0").replace('/', "~1")]).collect()
    }
}

/// `url#pointer`, as Helm writes the place of a schema.
pub(super) fn location(url: &str, path: &[String]) -> String {
    let escaped = path.iter().map(|name| percent_encode(&name.replace('~', "~0").replace('/', "~1")));
    format!("{url}#{}", escaped.flat_map(|name| ["/".to_owned(), name]).collect::<String>())
}
