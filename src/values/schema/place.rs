//! Places in schema documents, and the paths that lead to them.

use super::document::{Document, Resource};
use super::shape::Step;
use super::uri::percent_encode;
use crate::yaml::{Node, Value};

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

/// A schema in its document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) document: &'s Document,
    pub(super) resource: &'s Resource,
    pub(super) node: &'s Node,
}

impl<'s> Place<'s> {
    /// The root of a document.
    pub(super) fn root(document: &'s Document) -> Self {
        Place { document, resource: &document.resources[0], node: &document.root }
    }

    /// The place of a node below this one.
    pub(super) fn below(self, node: &'s Node) -> Self {
        let own = if self.document.resources.len() > 1 { self.document.resource_of.get(&identity(node)) } else { None };
        Place { node, resource: own.map_or(self.resource, |&own| &self.document.resources[own]), ..self }
    }

    /// The place at the end of a path from here; `None` if there is none.
    pub(super) fn descend(self, path: &[String]) -> Option<Self> {
        path.iter().try_fold(self, |place, name| Some(place.below(child(place.node, name)?)))
    }

    /// The root of this place's resource.
    pub(super) fn resource_root(self) -> Option<Self> {
        Place::root(self.document).descend(&self.resource.path)
    }

    /// `url#pointer`. It is searched for, since only errors need it.
    pub(super) fn location(self) -> String {
        let sought = identity(self.node);
        let mut seen: Vec<(&Node, usize, String)> = vec![(&self.document.root, 0, String::new())];
        let mut next = 0;
        while next < seen.len() && identity(seen[next].0) != sought {
            match &seen[next].0.value {
                Value::Map(map) => seen.extend(map.iter().map(|(key, node)| (node, next, key.to_owned()))),
                Value::List(items) => {
                    seen.extend(items.iter().enumerate().map(|(at, node)| (node, next, at.to_string())));
                }
                _ => {}
            }
            next += 1;
        }
        let mut path = Vec::new();
        while next != 0 && next < seen.len() {
            path.push(std::mem::take(&mut seen[next].2));
            next = seen[next].1;
        }
        path.reverse();
        location(&self.document.url, &path)
    }
}

/// A member of a map by its key, or of a list by its number.
pub(super) fn child<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Map(map) => map.get(name),
        Value::List(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}
