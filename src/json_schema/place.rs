//! Places in schema documents, and the paths that lead to them.

use ahash::AHashMap;

use super::document::{Document, Resource};
use super::path::{identity, location};
use super::shape::Step;
use crate::yaml::{Node, Value};

/// A schema in its document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) document: &'s Document,
    pub(super) resource: &'s Resource,
    pub(super) node: &'s Node,
}

impl<'s> Place<'s> {
    /// Returns the root of a document.
    pub(super) fn root(document: &'s Document) -> Self {
        Place { document, resource: &document.resources[0], node: &document.root }
    }

    /// Returns the place of a node inside this one.
    pub(super) fn below(self, node: &'s Node) -> Self {
        let own = if self.document.resources.len() > 1 { self.document.resource_of.get(&identity(node)) } else { None };
        Place { node, resource: own.map_or(self.resource, |&own| &self.document.resources[own]), ..self }
    }

    /// Returns the place at the end of a path from here; `None` if it does not exist.
    pub(super) fn descend(self, path: &[String]) -> Option<Self> {
        path.iter().try_fold(self, |place, name| Some(place.below(child(place.node, name)?)))
    }

    /// Returns the root of this place's resource.
    pub(super) fn resource_root(self) -> Option<Self> {
        Place::root(self.document).descend(&self.resource.path)
    }

    /// Returns `url#pointer`. This searches the document, since only errors need it.
    pub(super) fn location(self) -> String {
        Locations::default().location(self)
    }
}

/// The locations of nodes in documents, found by walking a whole document once.
#[derive(Debug, Default)]
pub(super) struct Locations<'s> {
    /// The parent of each node, and the step from the parent to the node; `None` for a root.
    around: AHashMap<usize, (usize, Option<Step<'s>>)>,
}

impl<'s> Locations<'s> {
    /// Returns the location of a place: `url#pointer`.
    pub(super) fn location(&mut self, place: Place<'s>) -> String {
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

    /// Returns the number of nodes that have been walked.
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

/// Returns the member of a map with a key, or of a list with an index.
pub(super) fn child<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Map(map) => map.get(name),
        Value::List(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}
