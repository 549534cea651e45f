//! Places in schema documents, and the paths that lead to them.

use std::collections::HashMap;

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
        Locations::default().of(self)
    }
}

/// Where nodes of documents are, found by going through a whole document once.
#[derive(Debug, Default)]
pub(super) struct Locations<'s> {
    /// Of each node the one around it and the step that leads from there to it.
    around: HashMap<usize, (usize, Option<Step<'s>>)>,
}

impl<'s> Locations<'s> {
    /// The location of a place: `url#pointer`.
    pub(super) fn of(&mut self, place: Place<'s>) -> String {
        self.add(&place.document.root);
        let mut path = Vec::new();
        let mut at = identity(place.node);
        while let Some(&(around, Some(step))) = self.around.get(&at) {
            path.push(step.name());
            at = around;
        }
        path.reverse();
        location(&place.document.url, &path)
    }

    /// How many nodes have been gone through.
    pub(super) fn len(&self) -> usize {
        self.around.len()
    }

    fn add(&mut self, root: &'s Node) {
        if self.around.insert(identity(root), (0, None)).is_some() {
            return;
        }
        let mut ahead = vec![root];
        while let Some(node) = ahead.pop() {
            let mut enter = |step: Step<'s>, inner: &'s Node| {
                self.around.insert(identity(inner), (identity(node), Some(step)));
                ahead.push(inner);
            };
            match &node.value {
                Value::Map(map) => map.iter().for_each(|(key, inner)| enter(Step::Key(key), inner)),
                Value::List(items) => {
                    items.iter().enumerate().for_each(|(at, inner)| enter(Step::Index(at), inner));
                }
                _ => {}
            }
        }
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
